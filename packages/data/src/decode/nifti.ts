import type { RasterData } from '@segscape/core';
import type { Decoded } from './decoded.js';
import { assertDeclared, type Limits } from './faults.js';
import { gunzip, gunzipStart } from './gzip.js';
import { deflateRatio } from './inflate.js';
import { narrowed } from './narrowed.js';
import { type NiftiHeader, niftiHeader } from './nifti-header.js';
import { toldApart } from './told-apart.js';

type Values = RasterData | Uint32Array | Float64Array;

/** Reads the words of a volume in its byte order; 64-bit integers as doubles, by `wide`. */
function valuesOf(
  bytes: Uint8Array,
  { type, little }: NiftiHeader,
  count: number,
  wide: (value: bigint) => number,
): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const filled = <T extends Values>(out: T, read: (at: number) => number): T => {
    const width = bytes.length / count;
    for (let i = 0; i < count; i++) out[i] = read(i * width);
    return out;
  };
  switch (type.name) {
    case 'uint8':
    case 'RGB24':
    case 'RGBA32':
      return bytes.slice();
    case 'int8':
      return filled(new Int16Array(count), (at) => view.getInt8(at));
    case 'int16':
      return filled(new Int16Array(count), (at) => view.getInt16(at, little));
    case 'uint16':
      return filled(new Uint16Array(count), (at) => view.getUint16(at, little));
    case 'int32':
      return filled(new Int32Array(count), (at) => view.getInt32(at, little));
    case 'uint32':
      return filled(new Uint32Array(count), (at) => view.getUint32(at, little));
    case 'float32':
      return filled(new Float32Array(count), (at) => view.getFloat32(at, little));
    case 'float64':
      return filled(new Float64Array(count), (at) => view.getFloat64(at, little));
    case 'int64':
      return filled(new Float64Array(count), (at) => wide(view.getBigInt64(at, little)));
    case 'uint64':
      return filled(new Float64Array(count), (at) => wide(view.getBigUint64(at, little)));
  }
}

/** Volumes one after the other become the channels of one. */
function interleaved<T extends Values>(data: T, channels: number): T {
  if (channels === 1) return data;
  const voxels = data.length / channels;
  const out = data.slice() as T;
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < voxels; i++) out[i * channels + c] = data[c * voxels + i]!;
  return out;
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;
/** The longer of the two versions' headers. */
const headerBytes = 540;
const headOf = (bytes: Uint8Array) => (isGzip(bytes) ? gunzipStart(bytes, headerBytes) : bytes);

/**
 * True for data that begin as a NIfTI file, gzipped or not.
 * @throws {Error} for damaged gzip data.
 */
export function holdsNifti(bytes: Uint8Array): boolean {
  const head = headOf(bytes);
  try {
    return niftiHeader(head) !== undefined;
  } catch {
    // It says that it is one, and something that is not read here.
    return true;
  }
}

/**
 * A NIfTI-1 or -2 volume in one file, gzipped or not. Its axes stay in their stored order: x is the width, y the height,
 * z the depth, and the fourth (time) or fifth (vectors) the channels; nothing is turned by its affine.
 *
 * @throws {Error} where it is damaged; `Unsupported` where it is of a kind not read here.
 * @see Cox et al., A (sort of) new image data format standard: NIfTI-1, 2004. https://nifti.nimh.nih.gov
 */
export function decodeNifti(bytes: Uint8Array, limits: Limits): Decoded {
  const zipped = isGzip(bytes);
  const header = niftiHeader(headOf(bytes));
  if (header === undefined) throw new Error('its header is damaged');
  const { type, width, height, depth, volumes, offset, slope, intercept, spacing } = header;
  const channels = volumes * type.samples;
  const scaled = slope !== 1 || intercept !== 0;
  const own = type.bytes / type.samples;
  // What is scaled becomes float32; 64-bit integers pass through doubles.
  const widthOfValue = Math.max(own, scaled ? 4 : 1);
  const present = Math.max(0, (zipped ? bytes.length * deflateRatio : bytes.length) - offset);
  const most = widthOfValue / own;
  const volume = { width, height, channels, widthOfValue, ...(depth !== undefined && { depth }) };
  assertDeclared(volume, limits, { present, most });
  const voxels = width * height * (depth ?? 1) * volumes;
  const size = voxels * type.bytes;
  // What follows the voxels is left; a gzip file is inflated to its end for its checksum.
  const file = zipped ? gunzip(bytes, Math.max(offset + size, sizeAtEnd(bytes, offset + size))) : bytes;
  if (file.length < offset + size)
    throw new Error(`its data end after ${file.length} of ${offset + size} bytes`);
  // What is scaled is rounded anyway; ids must not be.
  const wide = scaled ? Number : toldApart();
  const stored = valuesOf(file.subarray(offset, offset + size), header, voxels * type.samples, wide);
  const values = interleaved(stored, volumes);
  const form = {
    height,
    width,
    channels,
    ...(depth !== undefined && { depth }),
    ...(spacing && { spacing }),
  };
  const bits = 8 * own;
  if (scaled || type.name === 'float64') {
    const data = new Float32Array(values.length);
    for (let i = 0; i < data.length; i++) data[i] = slope * values[i]! + intercept;
    return { raster: { ...form, data }, bits, separate: volumes > 1 };
  }
  const { data, wide: ids } = narrowed(values);
  return {
    raster: { ...form, data },
    bits,
    alpha: type.name === 'RGBA32',
    separate: volumes > 1,
    ...(ids && { wide: ids }),
  };
}

/** Writers pad the end of a volume a little; the length that gzip gives is believed as far as that. */
function sizeAtEnd(bytes: Uint8Array, least: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = bytes.length < 18 ? 0 : view.getUint32(bytes.length - 4, true);
  return size > least && size <= least + 65_536 ? size : least;
}

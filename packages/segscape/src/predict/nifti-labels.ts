import { gunzipSync, gzipSync } from 'node:zlib';
import type { Raster } from '@segscape/core';

/** Codes of the NIfTI standard. */
const types = { 8: 2, 16: 512 } as const;
const labelIntent = 1002;

/** Where the fields of a header lie that a mask has otherwise than its image. */
interface Form {
  readonly length: number;
  /** Of an axis, in the units of the file's version. */
  dim(view: DataView, axis: number, value: number, little: boolean): void;
  type(view: DataView, code: number, bits: number, little: boolean): void;
  /** Where the voxels begin, no scaling, no display range, labels as the intent. */
  rest(view: DataView, begin: number, little: boolean): void;
}

const first: Form = {
  length: 348,
  dim: (view, axis, value, little) => view.setInt16(40 + 2 * axis, value, little),
  type(view, code, bits, little) {
    view.setInt16(70, code, little);
    view.setInt16(72, bits, little);
  },
  rest(view, begin, little) {
    view.setInt16(68, labelIntent, little);
    view.setFloat32(108, begin, little);
    view.setFloat32(112, 1, little);
    view.setFloat32(116, 0, little);
    view.setFloat32(124, 0, little);
    view.setFloat32(128, 0, little);
  },
};

const second: Form = {
  length: 540,
  dim: (view, axis, value, little) => view.setBigInt64(16 + 8 * axis, BigInt(value), little),
  type(view, code, bits, little) {
    view.setInt16(12, code, little);
    view.setInt16(14, bits, little);
  },
  rest(view, begin, little) {
    view.setInt32(504, labelIntent, little);
    view.setBigInt64(168, BigInt(begin), little);
    view.setFloat64(176, 1, little);
    view.setFloat64(184, 0, little);
    view.setFloat64(192, 0, little);
    view.setFloat64(200, 0, little);
  },
};

/**
 * Labels of a volume as a gzipped NIfTI file with the header of its image: the same place, orientation and unit, so that viewers lay
 * it over the image.
 * @param labels one channel, of the image's size.
 * @param bits of a label.
 * @param image the bytes of the image's own file, NIfTI-1 or -2, gzipped or not.
 * @see NIfTI-1 and NIfTI-2 data format standards, https://nifti.nimh.nih.gov
 */
export function encodeNiftiLabels(labels: Raster, bits: 8 | 16, image: Uint8Array): Uint8Array {
  const plain = image[0] === 0x1f && image[1] === 0x8b ? new Uint8Array(gunzipSync(image)) : image;
  const source = new DataView(plain.buffer, plain.byteOffset);
  const little = source.getInt32(0, true) === 348 || source.getInt32(0, true) === 540;
  const form = source.getInt32(0, little) === 540 ? second : first;
  // Four bytes say that no extension follows.
  const begin = form.length + 4;
  const { data, depth = 1, height, width } = labels;
  const bytes = new Uint8Array(begin + (data.length * bits) / 8);
  bytes.set(plain.subarray(0, form.length));
  const view = new DataView(bytes.buffer);
  for (const [axis, value] of [3, width, height, depth, 1, 1, 1, 1].entries())
    form.dim(view, axis, value, little);
  form.type(view, types[bits], bits, little);
  form.rest(view, begin, little);
  if (bits === 8) for (let i = 0; i < data.length; i++) bytes[begin + i] = data[i]!;
  else for (let i = 0; i < data.length; i++) view.setInt16(begin + 2 * i, data[i]!, little);
  return new Uint8Array(gzipSync(bytes));
}

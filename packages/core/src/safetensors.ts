import { SegscapeError } from './errors.js';

/** A tensor in host memory. */
export interface PlainTensor {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export interface DecodedTensors {
  readonly tensors: Record<string, PlainTensor>;
  readonly metadata: Record<string, string>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const formats = {
  F32: { dtype: 'float32', view: Float32Array },
  I32: { dtype: 'int32', view: Int32Array },
  BOOL: { dtype: 'bool', view: Uint8Array },
} as const;
const names = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

/**
 * Writes the safetensors format: 8 bytes of header length, a JSON header, the raw little-endian values.
 * @see https://github.com/huggingface/safetensors
 */
export function encodeTensors(
  tensors: Readonly<Record<string, PlainTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype: names[dtype], shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8; // so that the values begin aligned
  const bytes = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

const corrupt = (why: string, cause?: unknown) =>
  new SegscapeError(
    'CORRUPT_CHECKPOINT',
    `safetensors: ${why}. The file is damaged or of another format; use an earlier checkpoint.`,
    { cause },
  );

/**
 * Reads safetensors bytes; the values are copied.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT`.
 */
export function decodeTensors(bytes: Uint8Array): DecodedTensors {
  if (bytes.length < 8) throw corrupt(`${bytes.length} bytes are too few for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > bytes.length - 8)
    throw corrupt(`the header claims ${length} bytes, ${bytes.length - 8} are there`);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  } catch (cause) {
    throw corrupt('the header is not JSON', cause);
  }
  const tensors: Record<string, PlainTensor> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    tensors[name] = readEntry(name, entry as HeaderEntry, bytes.subarray(8 + length));
  }
  return { tensors, metadata: (header.__metadata__ ?? {}) as Record<string, string> };
}

function readEntry(
  name: string,
  { dtype, shape, data_offsets }: HeaderEntry,
  values: Uint8Array,
): PlainTensor {
  const format = formats[dtype as keyof typeof formats];
  if (format === undefined)
    throw corrupt(`'${name}' has type ${dtype}; expected ${Object.keys(formats).join(', ')}`);
  const [start, end] = data_offsets;
  const size = shape.reduce((product, n) => product * n, 1) * format.view.BYTES_PER_ELEMENT;
  if (end - start !== size)
    throw corrupt(`'${name}' of shape [${shape}] needs ${size} bytes, the header gives ${end - start}`);
  if (end > values.length) throw corrupt(`'${name}' ends at byte ${end}, the file at ${values.length}`);
  return { dtype: format.dtype, shape, data: new format.view(values.slice(start, end).buffer) };
}

import { SegscapeError } from './errors.js';
import type { PlainTensor } from './plain-tensor.js';
import { isRecord } from './record.js';
import { repeatedKey } from './repeated-key.js';
import { sizeOf } from './shape.js';
import { storedTypes } from './stored-types.js';

export interface DecodedTensors {
  readonly tensors: Record<string, PlainTensor>;
  readonly metadata: Record<string, string>;
  /** Tensors that the file has and TensorFlow.js has no type for, by name, each with the reason. */
  readonly passedOver: Record<string, string>;
}

const metadataName = '__metadata__';

const names = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;

/** A header of more bytes is refused, as by the format's own code. */
const longestHeader = 100_000_000;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const unwritable = (why: string) => new SegscapeError('BAD_OPTION', `encodeTensors: ${why}.`);

/** What the writer is given, before any byte of it is written: what it writes, readers take. */
function assertWritable(tensors: Readonly<Record<string, PlainTensor>>, metadata: object): void {
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const type = storedTypes.get(names[dtype]);
    if (type === undefined || name === metadataName)
      throw unwritable(`'${name}' must be float32, int32 or bool, and not ${metadataName}`);
    const size = (sizeOf(shape) * type.bits) / 8;
    if (data.byteLength !== size)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `encodeTensors: '${name}' of shape [${shape}] needs ${size} bytes, got ${data.byteLength}.`,
      );
  }
  if (!areTexts(metadata)) throw unwritable('the metadata are not texts by name');
}

const areTexts = (metadata: object) => Object.values(metadata).every((value) => typeof value === 'string');

/**
 * Writes the safetensors format: 8 bytes of header length, a JSON header, the raw little-endian values. The header is in the
 * order given; the values of wider types come first, so that each begins at a multiple of its own width.
 * @param tensors by name.
 * @param metadata words for the header.
 * @returns a whole file.
 * @throws {SegscapeError} `SHAPE_MISMATCH` where data and shape differ in size; `BAD_OPTION` for what no reader takes: another type,
 * metadata that are no texts, a tensor called `__metadata__`, a header of more than 100,000,000 bytes.
 * @see https://github.com/huggingface/safetensors
 */
export function encodeTensors(
  tensors: Readonly<Record<string, PlainTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  assertWritable(tensors, metadata);
  const entries = Object.entries(tensors);
  const narrow = ({ dtype }: PlainTensor) => (dtype === 'bool' ? 1 : 0);
  const laid = [...entries].sort(([, a], [, b]) => narrow(a) - narrow(b));
  // In the order given, whatever is laid first.
  const header = new Map<string, unknown>(entries);
  let offset = 0;
  for (const [name, { dtype, shape, data }] of laid) {
    header.set(name, { dtype: names[dtype], shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  const described = Object.keys(metadata).length > 0 ? [[metadataName, metadata] as const] : [];
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...described, ...header])));
  const length = Math.ceil(json.length / 8) * 8; // so that the values begin aligned
  if (length > longestHeader)
    throw unwritable(`the header has ${length} bytes, more than the ${longestHeader} that are allowed`);
  const bytes = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const [, { data }] of laid) {
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

type Json = Readonly<Record<string, unknown>>;

/** What one entry of the header says, checked. */
interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

function readHeader(given: Uint8Array | ArrayBuffer): { header: Json; values: Uint8Array } {
  // Node's Buffer is a Uint8Array whose `slice` does not copy.
  const bytes = ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
  if (bytes.length < 8) throw corrupt(`${bytes.length} bytes are too few for a header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (length > longestHeader)
    throw corrupt(`the header claims ${length} bytes, more than the ${longestHeader} that are allowed`);
  if (length > bytes.length - 8)
    throw corrupt(`the header claims ${length} bytes, ${bytes.length - 8} are there`);
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (cause) {
    throw corrupt('the header is not JSON', cause);
  }
  if (!isRecord(header)) throw corrupt('the header is not a JSON object');
  const twice = repeatedKey(text);
  if (twice !== undefined) throw corrupt(`the header names '${twice}' twice`);
  return { header, values: bytes.subarray(8 + length) };
}

function checkedEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) throw corrupt(`the entry of '${name}' is not a JSON object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const type = storedTypes.get(dtype as string);
  if (type === undefined)
    throw corrupt(`'${name}' has type ${String(dtype)}; expected ${[...storedTypes.keys()].join(', ')}`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw corrupt(`'${name}' has the shape ${JSON.stringify(shape)}; expected a list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw corrupt(`'${name}' has the offsets ${JSON.stringify(offsets)}; expected [start, end] in bytes`);
  const [start, end] = offsets as [number, number];
  const size = (shape.reduce((product, n) => product * n, 1) * type.bits) / 8;
  if (end - start !== size)
    throw corrupt(`'${name}' of shape [${shape}] needs ${size} bytes, the header gives ${end - start}`);
  return { name, type: dtype as string, shape, start, end };
}

/** The values lie one after the other: none overlap, none are missing, none are left over. */
function assertContiguous(entries: readonly Entry[], total: number): void {
  const ordered = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of ordered) {
    if (end > total) throw corrupt(`'${name}' ends at byte ${end}, the file at ${total}`);
    if (start !== at)
      throw corrupt(`'${name}' begins at byte ${start}, where what comes before it ends at ${at}`);
    at = end;
  }
  if (at !== total) throw corrupt(`the tensors end at byte ${at}, the file at ${total}`);
}

function readMetadata(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (!isRecord(given) || !areTexts(given)) throw corrupt('the metadata are not texts by name');
  return given as Record<string, string>;
}

/**
 * Reads safetensors bytes of any type that the format has; the values are copied. F64, F16, BF16 and the 8-bit floats
 * become float32 and all integers int32; what has no such form (complex numbers, integers beyond int32, types of less than a byte)
 * is passed over, and told of in `passedOver`.
 * @param bytes a whole file.
 * @returns plain tensors by name, and the metadata of the header.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for whatever the format refuses: a header that is not an object or names
 * something twice, wrong sizes, bytes that overlap, are missing or left over.
 */
export function decodeTensors(bytes: Uint8Array | ArrayBuffer): DecodedTensors {
  const { header, values } = readHeader(bytes);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataName)
    .map(([name, entry]) => checkedEntry(name, entry));
  assertContiguous(entries, values.length);
  const tensors: [string, PlainTensor][] = [];
  const passedOver: [string, string][] = [];
  for (const { name, type, shape, start, end } of entries) {
    // A copy of its own begins aligned, wherever the value stood in the file.
    const read = storedTypes.get(type)!.read(values.slice(start, end).buffer as ArrayBuffer);
    if (read === undefined)
      passedOver.push([name, `${type} values of shape [${shape}] that neither float32 nor int32 can hold`]);
    else tensors.push([name, { ...read, shape }]);
  }
  // By `fromEntries`, so that a tensor called `__proto__` is an entry like any other.
  return {
    tensors: Object.fromEntries(tensors),
    metadata: readMetadata(Object.hasOwn(header, metadataName) ? header[metadataName] : undefined),
    passedOver: Object.fromEntries(passedOver),
  };
}

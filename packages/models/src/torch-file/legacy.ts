import { corrupt, unsupported } from './faults.js';
import { tensorVocabulary } from './stored-tensors.js';
import { unpickle, type Vocabulary } from './unpickle.js';

/** The number that every such file begins with, 0x1950a86a20f9469cfc6c, as pickles write it, and their last operation. */
const number = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e] as const;

/** Before it: the pickle's protocol, 2 unless `pickle_protocol` was given, and from the fourth on how long it is. */
const heads = [2, 11];

/** Where the second pickle begins; undefined for files of another format. */
function secondPickle(bytes: Uint8Array): number | undefined {
  const head = bytes[0] === 0x80 && heads.find((at) => number.every((byte, i) => bytes[at + i] === byte));
  return head ? head + number.length : undefined;
}

/** Whether bytes are of the format of PyTorch before 1.6, which `_use_new_zipfile_serialization=False` still writes. */
export const isLegacy = (bytes: Uint8Array): boolean => secondPickle(bytes) !== undefined;

const refuse = (): never => {
  throw corrupt('its head names objects');
};
const numbersAlone: Vocabulary = { global: refuse, call: refuse, persistent: refuse };

/**
 * The object of a file of the old format: five pickles one after the other (the number, the format's version, the machine's facts, the
 * object, the keys of its storages), then each storage's number of values, 8 bytes, and its values.
 *
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT`; `UNSUPPORTED_FORMAT` for other versions and big-endian values.
 * @see `torch.serialization._legacy_save`.
 */
export function legacyObject(bytes: Uint8Array): unknown {
  let at = secondPickle(bytes) ?? 0;
  const next = (vocabulary: Vocabulary): unknown => {
    const { value, end } = unpickle(bytes, vocabulary, at);
    at = end;
    return value;
  };
  const version = next(numbersAlone);
  if (version !== 1001) throw unsupported(`its format's version is ${String(version)}, not 1001`);
  const facts = next(numbersAlone);
  if (facts instanceof Map && facts.get('little_endian') === false)
    throw unsupported('its values are big-endian');
  const values = new Map<string, Uint8Array>();
  const vocabulary = tensorVocabulary((key) => values.get(key));
  const saved = next(vocabulary);
  const keys = next(numbersAlone);
  if (!Array.isArray(keys)) throw corrupt('it has no list of its storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys as unknown[]) {
    const itemBytes = typeof key === 'string' ? vocabulary.itemBytes.get(key) : undefined;
    const ends = at + 8 > bytes.length;
    if (itemBytes === undefined || ends)
      throw corrupt(`its storage '${String(key)}' is not where it should be`);
    const length = Number(view.getBigUint64(at, true)) * itemBytes;
    if (length > bytes.length - at - 8)
      throw corrupt(`storage '${String(key)}' has ${length} bytes, and the file ends before`);
    values.set(key as string, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return saved;
}

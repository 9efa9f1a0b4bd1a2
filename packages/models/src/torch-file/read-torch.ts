import { assertKnown } from '@segscape/core';
import { type DecodeOptions, decodeParams, type Params } from '@segscape/core/params';
import { corrupt, unsupported } from './faults.js';
import { isLegacy, legacyObject } from './legacy.js';
import { copyValues, StoredTensor, tensorVocabulary } from './stored-tensors.js';
import { unpickle } from './unpickle.js';
import { storedFiles } from './zip.js';

export interface ReadTorchOptions extends DecodeOptions {
  /**
   * Where the state dict lies in a checkpoint that holds more: `'state_dict'`, or, of a dict within one, `'ema.model'`. Default: it is
   * the whole.
   */
  readonly part?: string;
}

/** Shared and expanded values come several times; more often than this is no state dict. */
const mostValuesPerByte = 4;

const zipStart = [0x50, 0x4b, 3, 4];

/** The object that was saved, its tensors as views of the file. */
function savedObject(bytes: Uint8Array): unknown {
  if (isLegacy(bytes)) return legacyObject(bytes);
  if (zipStart.some((byte, i) => bytes[i] !== byte))
    throw corrupt('these bytes are no archive, as torch.save writes them');
  const files = storedFiles(bytes);
  const pickle = [...files.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw corrupt('its archive has no data.pkl');
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = new TextDecoder().decode(files.get(`${folder}byteorder`) ?? new Uint8Array());
  if (order === 'big') throw unsupported('its values are big-endian');
  const vocabulary = tensorVocabulary((key) => files.get(`${folder}data/${key}`));
  return unpickle(files.get(pickle)!, vocabulary).value;
}

type Named = readonly (readonly [string, StoredTensor])[];

const tensorsIn = (value: unknown): Named =>
  value instanceof Map
    ? [...value].filter((entry): entry is [string, StoredTensor] => {
        const [name, held] = entry as [unknown, unknown];
        return typeof name === 'string' && held instanceof StoredTensor;
      })
    : [];

/** An entry by its name, or by the names of those that it lies in, with points between them. */
function entryOf(held: unknown, path: string): unknown {
  if (!(held instanceof Map)) return;
  if (held.has(path)) return held.get(path);
  for (let point = path.indexOf('.'); point >= 0; point = path.indexOf('.', point + 1)) {
    const found = entryOf(held.get(path.slice(0, point)), path.slice(point + 1));
    if (found !== undefined) return found;
  }
  return;
}

/** How many dicts deep state dicts are looked for, to name them. */
const deepest = 3;

/** Where tensors lie by name, as `part` takes it. */
function partsOf(held: unknown, depth = 1): string[] {
  if (!(held instanceof Map)) return [];
  return [...(held as Map<unknown, unknown>)].flatMap(([name, value]) => {
    if (typeof name !== 'string') return [];
    const within = depth < deepest ? partsOf(value, depth + 1).map((part) => `${name}.${part}`) : [];
    return tensorsIn(value).length > 0 ? [name, ...within] : within;
  });
}

function stateDictOf(saved: unknown, part: string | undefined): Named {
  const tensors = tensorsIn(part === undefined ? saved : entryOf(saved, part));
  if (tensors.length > 0) return tensors;
  const parts = partsOf(saved);
  const remedy =
    parts.length > 0
      ? `; of its parts, ${parts.map((name) => `'${name}'`).join(', ')} do: give one as part`
      : '';
  throw unsupported(`${part === undefined ? 'it' : `its part '${part}'`} holds no tensors by name${remedy}`, {
    part,
    parts,
  });
}

/** The tensors as safetensors, which has all of these types, and one reader for them. */
function asSafetensors(tensors: Named): Uint8Array {
  const header: [string, object][] = [];
  let length = 0;
  for (const [name, { storage, shape, values }] of tensors) {
    const end = length + values * storage.itemBytes;
    header.push([name, { dtype: storage.type, shape, data_offsets: [length, end] }]);
    length = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const bytes = new Uint8Array(8 + json.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  let at = 8 + json.length;
  for (const [, tensor] of tensors) {
    const end = at + tensor.values * tensor.storage.itemBytes;
    copyValues(tensor, bytes.subarray(at, end));
    at = end;
  }
  return bytes;
}

/**
 * The tensors of a state dict that PyTorch saved, `torch.save(model.state_dict(), 'weights.pt')`, as an archive or in the format before
 * 1.6, for `fromTorch`. Values of other types become float32, int32 or bool, as `decodeParams` has it; entries that are no tensors
 * are passed over.
 *
 * Nothing of the file is run: of what a pickle can name, dicts, tensors, parameters and storages are known; what training
 * checkpoints hold beside them (NumPy's numbers, devices, paths, sets, parsed arguments) is passed over; all else is refused by its
 * name.
 *
 *     readTorch(bytes, { part: 'network_weights' }); // nnU-Net's checkpoint_final.pth
 *
 * @param given bytes of the file.
 * @param options `part`, the entry of a checkpoint that holds the state dict; `onPassedOver` is told of tensors whose values no
 *   tensor here can hold; they are left out.
 * @returns tensors by name, in PyTorch's layout; the caller disposes them.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for damaged bytes; `UNSUPPORTED_FORMAT` for whole models, checkpoints without `part`
 *   and archives of TorchScript; `BAD_OPTION` for an option that there is not.
 */
export function readTorch(given: Uint8Array | ArrayBuffer, options: ReadTorchOptions = {}): Params {
  assertKnown('readTorch', options, ['part', 'onPassedOver']);
  const { part, ...decoding } = options;
  const bytes = given instanceof ArrayBuffer ? new Uint8Array(given) : given;
  const tensors = stateDictOf(savedObject(bytes), part);
  const values = tensors.reduce((sum, [, tensor]) => sum + tensor.values, 0);
  if (values > mostValuesPerByte * bytes.length)
    throw corrupt(`its tensors have ${values} values, and the file ${bytes.length} bytes`, { values });
  return decodeParams(asSafetensors(tensors), decoding);
}

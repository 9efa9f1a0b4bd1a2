import { type DecodeOptions, decodeParams, type Params } from '@segscape/core/params';
import { corrupt, unsupported } from './faults.js';
import { isLegacy, legacyObject } from './legacy.js';
import { copyValues, StoredTensor, tensorVocabulary } from './stored-tensors.js';
import { unpickle } from './unpickle.js';
import { storedFiles } from './zip.js';

export interface ReadTorchOptions extends DecodeOptions {
  /** Where the state dict lies in a checkpoint that holds more: `'state_dict'`, say. Default: it is the whole. */
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

function stateDictOf(saved: unknown, part: string | undefined): Named {
  const tensors = tensorsIn(part === undefined ? saved : saved instanceof Map ? saved.get(part) : undefined);
  if (tensors.length > 0) return tensors;
  const parts =
    saved instanceof Map
      ? [...saved].flatMap(([name, held]) => (tensorsIn(held).length > 0 ? [name] : []))
      : [];
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
 * @param bytes of the file.
 * @param options `part`, the entry of a checkpoint that holds the state dict; `onPassedOver` is told of tensors whose values no
 *   tensor here can hold; they are left out.
 * @returns tensors by name, in PyTorch's layout; the caller disposes them.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for damaged bytes; `UNSUPPORTED_FORMAT` for whole models, checkpoints without `part`
 *   and archives of TorchScript.
 */
export function readTorch(bytes: Uint8Array, { part, ...decoding }: ReadTorchOptions = {}): Params {
  const tensors = stateDictOf(savedObject(bytes), part);
  const values = tensors.reduce((sum, [, tensor]) => sum + tensor.values, 0);
  if (values > mostValuesPerByte * bytes.length)
    throw corrupt(`its tensors have ${values} values, and the file ${bytes.length} bytes`, { values });
  return decodeParams(asSafetensors(tensors), decoding);
}

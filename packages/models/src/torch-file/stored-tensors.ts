import { corrupt, unsupported } from './faults.js';
import type { Vocabulary } from './unpickle.js';

/** How the values of a storage class lie in memory, by the name that safetensors has for them. */
const storageTypes: ReadonlyMap<string, readonly [type: string, bytes: number]> = new Map([
  ['torch.FloatStorage', ['F32', 4]],
  ['torch.DoubleStorage', ['F64', 8]],
  ['torch.HalfStorage', ['F16', 2]],
  ['torch.BFloat16Storage', ['BF16', 2]],
  ['torch.LongStorage', ['I64', 8]],
  ['torch.IntStorage', ['I32', 4]],
  ['torch.ShortStorage', ['I16', 2]],
  ['torch.CharStorage', ['I8', 1]],
  ['torch.ByteStorage', ['U8', 1]],
  ['torch.BoolStorage', ['BOOL', 1]],
]);

const functions = new Set([
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_parameter',
  'collections.OrderedDict',
]);

/** Something of Python's that is known by name, and is only ever that name here. */
class Global {
  constructor(readonly name: string) {}
}

class Storage {
  constructor(
    readonly type: string,
    readonly itemBytes: number,
    readonly bytes: Uint8Array,
  ) {}
}

/** A view of a storage's values, in elements of it. */
export class StoredTensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  /** Number of values; Infinity for what no memory holds. */
  get values(): number {
    return this.shape.includes(0) ? 0 : this.shape.reduce((product, length) => product * length, 1);
  }
}

/** As many as any tensor of PyTorch may have. */
const mostAxes = 64;

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= mostAxes && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function rebuilt([storage, offset, shape, strides]: readonly unknown[]): StoredTensor {
  const sound =
    storage instanceof Storage &&
    isCounts([offset]) &&
    isCounts(shape) &&
    isCounts(strides) &&
    shape.length === strides.length;
  if (!sound) throw corrupt('one of its tensors has no storage, shape or strides that could be');
  const held = storage.bytes.length / storage.itemBytes;
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, offset as number);
  if (!shape.includes(0) && last >= held)
    throw corrupt(`a tensor [${shape.join(', ')}] reaches to value ${last + 1} of a storage of ${held}`);
  return new StoredTensor(storage, offset as number, shape, strides);
}

/**
 * What a state dict's pickle may name: ordered dicts, tensors, parameters and storages, whose values are files of the archive.
 * @param fileOf the bytes of a storage by its key.
 */
export function tensorVocabulary(fileOf: (key: string) => Uint8Array | undefined): Vocabulary {
  return {
    global(name) {
      if (functions.has(name) || storageTypes.has(name)) return new Global(name);
      throw unsupported(`its pickle asks for ${name}, which no state dict needs; nothing of it was run`, {
        name,
      });
    },
    call(callee, args) {
      const name = callee instanceof Global ? callee.name : undefined;
      if (name === 'collections.OrderedDict' && args.length === 0) return new Map();
      if (name === 'torch._utils._rebuild_tensor_v2') return rebuilt(args);
      if (name === 'torch._utils._rebuild_parameter' && args[0] instanceof StoredTensor) return args[0];
      throw unsupported(`its pickle calls ${name ?? 'a value'} in a way that no state dict does`, { name });
    },
    persistent(id) {
      const [kind, type, key, , length] = Array.isArray(id) ? (id as unknown[]) : [];
      const known = type instanceof Global ? storageTypes.get(type.name) : undefined;
      if (kind !== 'storage' || known === undefined || typeof key !== 'string' || !isCounts([length]))
        throw corrupt('its pickle names values outside of it that are no storage');
      const [stored, itemBytes] = known;
      const bytes = fileOf(key);
      const wanted = (length as number) * itemBytes;
      if (bytes === undefined || bytes.length < wanted)
        throw corrupt(`storage '${key}' has ${bytes?.length ?? 'no'} bytes where ${wanted} are told of`);
      return new Storage(stored, itemBytes, bytes.subarray(0, wanted));
    },
  };
}

/** Copies a tensor's values to where they shall stand, one after the other in the order of its axes. */
export function copyValues({ storage, offset, shape, strides }: StoredTensor, to: Uint8Array): void {
  const { bytes, itemBytes } = storage;
  let inOrder = 1;
  const contiguous = shape.every((_, i) => {
    const axis = shape.length - 1 - i;
    const fits = shape[axis] === 1 || strides[axis] === inOrder;
    inOrder *= shape[axis]!;
    return fits;
  });
  if (contiguous) {
    to.set(bytes.subarray(offset * itemBytes, offset * itemBytes + to.length));
    return;
  }
  const index = shape.map(() => 0);
  let from = offset;
  for (let at = 0; at < to.length; at += itemBytes) {
    for (let byte = 0; byte < itemBytes; byte++) to[at + byte] = bytes[from * itemBytes + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
}

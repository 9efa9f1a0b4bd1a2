import { corrupt, unsupported } from './faults.js';
import { PassedOver, type Vocabulary } from './unpickle.js';

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

const dicts = new Set(['collections.OrderedDict', 'collections.defaultdict']);
/** Of a storage, an offset, a shape and strides; the first as PyTorch before 0.4 wrote it. */
const tensors = new Set(['torch._utils._rebuild_tensor', 'torch._utils._rebuild_tensor_v2']);
/** Of a tensor; the second with what else was set on it. */
const parameters = new Set(['torch._utils._rebuild_parameter', 'torch._utils._rebuild_parameter_with_state']);
const functions = new Set([...tensors, ...parameters, ...dicts]);

/** What training checkpoints hold beside tensors: NumPy's scalars and arrays, schedules with their optimisers, devices, types, paths, sets, parsed arguments. */
const passedOver =
  /^(numpy\.(dtype|ndarray|_?core\.multiarray\.(scalar|_reconstruct)|dtypes\.\w+DType)|_codecs\.encode|collections\.(Counter|deque)|torch\.(device|Size|dtype|u?int\d+|b?float\d+|bool|torch_version\.TorchVersion)|torch\.optim\.[\w.]+|(builtins|__builtin__)\.(getattr|x?range|long|set|frozenset|slice|complex|bytearray|list|dict|tuple|int|float|str|bool)|argparse\.Namespace|pathlib\.(_local\.)?(Posix|Windows|Pure\w*)?Path|datetime\.(datetime|date|timedelta))$/;

/** Something of Python's that is known by name, and is only ever that name here. */
class Global {
  constructor(readonly name: string) {}
}

/** Where a storage's values lie, by its key; they may be read only once the pickle has ended. */
type FileOf = (key: string) => Uint8Array | undefined;

class Storage {
  constructor(
    readonly key: string,
    readonly type: string,
    readonly itemBytes: number,
    /** How many values. */
    readonly length: number,
    private readonly fileOf: FileOf,
  ) {}

  get bytes(): Uint8Array {
    const bytes = this.fileOf(this.key);
    const wanted = this.length * this.itemBytes;
    if (bytes === undefined || bytes.length < wanted)
      throw corrupt(`storage '${this.key}' has ${bytes?.length ?? 'no'} bytes where ${wanted} are told of`);
    return bytes.subarray(0, wanted);
  }
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
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, offset as number);
  if (!shape.includes(0) && last >= storage.length)
    throw corrupt(
      `a tensor [${shape.join(', ')}] reaches to value ${last + 1} of a storage of ${storage.length}`,
    );
  return new StoredTensor(storage, offset as number, shape, strides);
}

/** What the pickle of tensors may name, and the storages that it did name. */
interface TensorVocabulary extends Vocabulary {
  /** Bytes of each value of a storage, by its key. */
  readonly itemBytes: ReadonlyMap<string, number>;
}

/**
 * What a state dict's pickle may name: ordered dicts, tensors, parameters and storages, whose values lie apart; and what
 * checkpoints hold beside them, which is passed over.
 *
 * @param fileOf the bytes of a storage by its key.
 */
export function tensorVocabulary(fileOf: FileOf): TensorVocabulary {
  const itemBytes = new Map<string, number>();
  return {
    itemBytes,
    global(name) {
      if (functions.has(name) || storageTypes.has(name)) return new Global(name);
      if (passedOver.test(name)) return new PassedOver(name);
      throw unsupported(`its pickle asks for ${name}, which no state dict needs; nothing of it was run`, {
        name,
      });
    },
    call(callee, args) {
      if (callee instanceof PassedOver) return new PassedOver(callee.name);
      const name = callee instanceof Global ? callee.name : undefined;
      if (name === 'collections.OrderedDict' && args.length === 0) return new Map();
      if (name === 'collections.defaultdict' && args.length < 2) return new Map();
      if (name !== undefined && tensors.has(name)) return rebuilt(args);
      if (name !== undefined && parameters.has(name) && args[0] instanceof StoredTensor) return args[0];
      throw unsupported(`its pickle calls ${name ?? 'a value'} in a way that no state dict does`, { name });
    },
    persistent(id) {
      const [kind, type, key, , length, view = null] = Array.isArray(id) ? (id as unknown[]) : [];
      const known = type instanceof Global ? storageTypes.get(type.name) : undefined;
      if (kind !== 'storage' || known === undefined || typeof key !== 'string' || !isCounts([length]))
        throw corrupt('its pickle names values outside of it that are no storage');
      if (view !== null)
        throw unsupported('its storages are views of others, as PyTorch before 0.4 had them');
      itemBytes.set(key, known[1]);
      return new Storage(key, ...known, length as number, fileOf);
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

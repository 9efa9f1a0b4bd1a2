import { sizeOf } from '@segscape/core';
import { type DataType, engine, findBackend, type Tensor } from '@tensorflow/tfjs-core';
import { hostArray } from '../host-array.js';
import type { RuntimeArray } from './runtime.js';

type DataId = object;

/** Outputs at least this large get buffers that are used again once their tensor is disposed. */
const pooledBytes = 16 * 1024;

interface Slot {
  readonly array: RuntimeArray;
  dataId?: DataId;
  busy: boolean;
  /** Whether somebody has been given the array: `data()` of a tensor is no copy, and outlives it. */
  seen: boolean;
}

/** Results that nobody has looked into, by their data. */
const unseen = new WeakMap<DataId, RuntimeArray>();

/**
 * The values of a result that nobody has looked into, for a run that reads it: by any other way of reading, its memory is the
 * reader's from then on. Of one that is disposed there are none: another result may lie there.
 */
export const unseenValues = (dataId: DataId): RuntimeArray | undefined =>
  isLive(dataId) ? unseen.get(dataId) : undefined;

const isLive = (dataId: DataId): boolean => engine().state.tensorInfo.has(dataId);

/** Of TensorFlow.js's cpu backend: where it keeps the arrays of tensors. */
interface Kept {
  values: unknown;
}

const keptBy = (backend: object, dataId: DataId): Kept | undefined =>
  'data' in backend ? (backend.data as { get(id: DataId): Kept | undefined }).get(dataId) : undefined;

/** Notices when the array of a slot's tensor is read. */
function watch(slot: Slot, kept: Kept, dataId: DataId): void {
  unseen.set(dataId, slot.array);
  const seen = () => {
    slot.seen = true;
    unseen.delete(dataId);
  };
  let { values } = kept;
  Object.defineProperty(kept, 'values', {
    enumerable: true,
    configurable: true,
    get() {
      seen();
      return values;
    },
    set(given: unknown) {
      seen();
      values = given;
    },
  });
}

/**
 * Output memory of one program output. State that passes from step to step alternates between two buffers: the
 * step reads the old and writes the other. A buffer is free again when its tensor has been disposed, no run reads it and nobody
 * else ever has.
 */
export class OutputBuffers {
  readonly #slots: Slot[] = [];

  constructor(
    private readonly dtype: DataType,
    private readonly shape: readonly number[],
    private readonly reading: ReadonlyMap<RuntimeArray, number>,
  ) {}

  take(): Slot {
    const size = sizeOf(this.shape);
    const slots = this.#slots.splice(0).filter(({ seen }) => !seen);
    const free = slots.find(
      (slot) => !slot.busy && !(slot.dataId && isLive(slot.dataId)) && !this.reading.has(slot.array),
    );
    const slot: Slot = free ?? { array: hostArray(this.dtype, size), busy: false, seen: false };
    slot.busy = true;
    delete slot.dataId;
    if (free === undefined && slot.array.byteLength >= pooledBytes) slots.push(slot);
    this.#slots.push(...slots);
    return slot;
  }

  /** The slot's values as a tensor that the caller owns; nothing is copied where the cpu backend is present. */
  wrap(slot: Slot): Tensor {
    const home = findBackend('cpu') ?? engine().backend;
    const result = engine().makeTensor(slot.array, [...this.shape], this.dtype, home);
    slot.dataId = result.dataId;
    slot.busy = false;
    const kept = slot.array.byteLength >= pooledBytes ? keptBy(home, result.dataId) : undefined;
    if (kept?.values === slot.array) watch(slot, kept, result.dataId);
    return result;
  }

  release(slot: Slot): void {
    slot.busy = false;
  }
}

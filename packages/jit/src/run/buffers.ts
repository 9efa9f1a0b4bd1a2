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
}

/**
 * Output memory of one program output. State that passes from step to step alternates between two buffers: the
 * step reads the old and writes the other. A buffer is free again when its tensor has been disposed and no run reads it.
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
    const live = (dataId: DataId | undefined) =>
      dataId !== undefined && engine().state.tensorInfo.has(dataId);
    const free = this.#slots.find(
      (slot) => !slot.busy && !live(slot.dataId) && !this.reading.has(slot.array),
    );
    const slot: Slot = free ?? { array: hostArray(this.dtype, size), busy: false };
    slot.busy = true;
    delete slot.dataId;
    if (free === undefined && slot.array.byteLength >= pooledBytes) this.#slots.push(slot);
    return slot;
  }

  /** The slot's values as a tensor that the caller owns; nothing is copied where the cpu backend is present. */
  wrap(slot: Slot): Tensor {
    const home = findBackend('cpu') ?? engine().backend;
    const result = engine().makeTensor(slot.array, [...this.shape], this.dtype, home);
    slot.dataId = result.dataId;
    slot.busy = false;
    return result;
  }

  release(slot: Slot): void {
    slot.busy = false;
  }
}

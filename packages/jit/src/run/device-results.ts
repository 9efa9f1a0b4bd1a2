import { type DataType, engine, findBackend, type KernelBackend, type Tensor } from '@tensorflow/tfjs-core';
import { identity } from './device.js';
import type { Host, RunNow, RuntimeArray, RuntimeTensor } from './runtime.js';

type DataId = object;
type Type = 'float32' | 'int32' | 'bool';

/** What the cpu backend of TensorFlow.js keeps of a tensor. */
interface Entry {
  values: RuntimeArray;
  readonly dtype: DataType;
  readonly refCount: number;
}

/**
 * Results that stay on the device. Each is a tensor of the cpu backend whose values are fetched when they are first read; a program
 * that takes it as an argument reads it where it is. Memory on the device is freed when the next program runs after the tensor was
 * disposed.
 */
export class DeviceResults {
  readonly #alive = new Map<DataId, RuntimeTensor>();
  /** Values that a run is reading, and how many do. */
  readonly #reading = new Map<RuntimeTensor, number>();
  readonly #download = new Map<Type, RunNow>();

  private constructor(
    private readonly openNow: NonNullable<Host['openNow']>,
    private readonly device: string,
  ) {}

  /** For a device whose buffers this build can hand out; undefined where results have to come back at once. */
  static on(host: Host, device: string): DeviceResults | undefined {
    if (device !== 'webgpu' || host.openNow === undefined || dataOf(findBackend('cpu')) === undefined)
      return undefined;
    let results = shared.get(host.runtime);
    if (results === undefined) {
      results = new DeviceResults(host.openNow, device);
      shared.set(host.runtime, results);
    }
    return results;
  }

  /** The value on the device behind a tensor, if there is one; it stays until it is released. */
  hold(tensor: Tensor): RuntimeTensor | undefined {
    const value = this.#alive.get(tensor.dataId);
    if (value !== undefined) this.#reading.set(value, (this.#reading.get(value) ?? 0) + 1);
    return value;
  }

  /** Ends a reading that `hold` began. */
  release(value: RuntimeTensor): void {
    const left = (this.#reading.get(value) ?? 1) - 1;
    if (left === 0) this.#reading.delete(value);
    else this.#reading.set(value, left);
  }

  /** Frees what belongs to tensors that have been disposed. */
  sweep(): void {
    const { tensorInfo } = engine().state;
    for (const [dataId, value] of this.#alive)
      if (!tensorInfo.has(dataId) && !this.#reading.has(value)) {
        this.#alive.delete(dataId);
        value.dispose();
      }
  }

  /** A tensor that the caller owns; its values come when they are read. */
  wrap(value: RuntimeTensor, shape: readonly number[], dtype: DataType): Tensor {
    const home = findBackend('cpu') as KernelBackend;
    const result = engine().makeTensor(new Float32Array(0), [...shape], dtype, home);
    const download = () => this.#read(value, dtype as Type);
    let values: RuntimeArray | undefined;
    dataOf(home)!.set(result.dataId, {
      dtype,
      refCount: 1,
      get values() {
        values ??= download();
        return values;
      },
    });
    this.#alive.set(result.dataId, value);
    return result;
  }

  #read(value: RuntimeTensor, type: Type): RuntimeArray {
    let run = this.#download.get(type);
    if (run === undefined) {
      // The tensors' own download aborts the process in onnxruntime-node 1.30: a program that gives its argument does it instead.
      run = this.openNow(identity(type), { executionProviders: [this.device], logSeverityLevel: 4 });
      this.#download.set(type, run);
    }
    return run({ x: value }, ['y']).y!.data as RuntimeArray;
  }
}

/** One per copy of ONNX Runtime, since a result of one program is an argument of another. */
const shared = new WeakMap<object, DeviceResults>();

const dataOf = (backend: KernelBackend | null) =>
  (backend as { readonly data?: { set(dataId: DataId, entry: Entry): void } } | null)?.data;

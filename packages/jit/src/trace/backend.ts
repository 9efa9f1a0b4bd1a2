import { SegscapeError } from '@segscape/core';
import {
  type BackendValues,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { Call, HostArray, Ref } from './program.js';

type DataId = object;

const readError = () =>
  new SegscapeError(
    'NOT_TRACEABLE',
    'jit: a tensor value was read (data, dataSync, print, or an operation that needs values) inside the traced function. Return the tensor and read it outside, or use executor: "eager".',
  );

/** A backend that computes nothing: it remembers which kernels were called on what. */
export class TraceBackend extends KernelBackend {
  #refs = new WeakMap<DataId, Ref>();
  calls: Call[] = [];

  /** Forgets what was recorded, for the next trace. */
  start(): void {
    this.calls = [];
    this.#refs = new WeakMap();
  }

  bind(dataId: DataId, ref: Ref): void {
    this.#refs.set(dataId, ref);
  }

  /** What stands behind a tensor; one made outside the trace becomes a constant, read where it lives. */
  ref({ dataId, shape, dtype }: TensorInfo): Ref {
    const known = this.#refs.get(dataId);
    if (known !== undefined) {
      if (known.shape.length === shape.length && known.shape.every((n, i) => n === shape[i])) return known;
      // tfjs-core makes some reshapes without a kernel, by a second tensor on the same data.
      const reshaped: Ref = { shape: [...shape], dtype, ...(known.values && { values: known.values }) };
      this.calls.push({ kernel: 'Reshape', inputs: { x: known }, attrs: { shape }, outputs: [reshaped] });
      return reshaped;
    }
    const home = engine().state.tensorInfo.get(dataId)?.backend;
    if (home === undefined || home === this)
      throw new SegscapeError('NOT_TRACEABLE', 'jit: a captured tensor has been disposed.');
    const values = home.readSync(dataId);
    if (!(values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array))
      throw new SegscapeError(
        'NOT_TRACEABLE',
        `jit: a captured tensor is ${dtype}; expected float32, int32 or bool.`,
      );
    // The program outlives the caller's tensor, so it keeps values of its own.
    const captured: Ref = { shape: [...shape], dtype, values: values.slice() };
    this.bind(dataId, captured);
    return captured;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    const size = util.sizeFromShape(shape);
    this.bind(dataId, {
      shape: [...shape],
      dtype,
      values: values === null ? zeros(dtype, size) : toHost(values, dtype),
    });
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    this.bind(dataId, { shape: [...shape], dtype, values: toHost(values, dtype) });
  }

  override read(): Promise<BackendValues> {
    throw readError();
  }

  override readSync(): BackendValues {
    throw readError();
  }

  override disposeData(): boolean {
    return true;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override numDataIds(): number {
    return 0;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

const zeros = (dtype: DataType, size: number): HostArray =>
  dtype === 'float32'
    ? new Float32Array(size)
    : dtype === 'int32'
      ? new Int32Array(size)
      : new Uint8Array(size);

function toHost(values: BackendValues, dtype: DataType): HostArray {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)
    return values;
  const numbers = values as unknown as ArrayLike<number>;
  return dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
}

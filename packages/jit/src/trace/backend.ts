import { SegscapeError } from '@segscape/core';
import {
  type BackendValues,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
  Variable,
} from '@tensorflow/tfjs-core';
import { type HostType, hostArray, isHostType, toHost } from '../host-array.js';
import type { Call, Ref } from '../program.js';

type DataId = object;

const readError = () =>
  new SegscapeError(
    'NOT_TRACEABLE',
    'jit: a tensor value was read (data, dataSync, print, or an operation that needs values) inside the traced function. Return the tensor and read it outside, or use executor: "eager".',
  );

/** Refuses what no program here can hold. */
export function assertHostType(dtype: DataType, what: string): void {
  if (!isHostType(dtype))
    throw new SegscapeError(
      'NOT_TRACEABLE',
      `jit: ${what} is ${dtype}; expected float32, int32 or bool. Use executor: 'eager' there.`,
      { details: { dtype } },
    );
}

/** A backend that computes nothing: it remembers which kernels were called on what. */
export class TraceBackend extends KernelBackend {
  #refs = new WeakMap<DataId, Ref>();
  /** A tensor and its cast may share their data: constants are known by the type that they are read as, too. */
  #constants = new WeakMap<DataId, Map<DataType, Ref>>();
  /** Apart from their data, which they share with their clones until they are assigned. */
  #variables = new Map<Variable, Ref>();
  calls: Call[] = [];

  /** Forgets what was recorded. */
  forget(): void {
    this.calls = [];
    this.#refs = new WeakMap();
    this.#constants = new WeakMap();
    this.#variables = new Map();
  }

  bind(dataId: DataId, ref: Ref): void {
    this.#refs.set(dataId, ref);
  }

  /** What stands behind a tensor; one made outside the trace becomes a constant, read where it lives. */
  ref(tensor: TensorInfo): Ref {
    const { dataId, shape, dtype } = tensor;
    const made = this.#refs.get(dataId);
    if (made !== undefined) return this.#seenAs(made, tensor);
    if (tensor instanceof Variable) return this.before(tensor);
    const types = this.#constants.get(dataId) ?? new Map<DataType, Ref>();
    this.#constants.set(dataId, types);
    const known = types.get(dtype) ?? captured(tensor, this);
    types.set(dtype, known);
    return this.#seenAs(known, { shape, dtype });
  }

  /** What a variable held before the trace. */
  before(variable: Variable): Ref {
    const known = this.#variables.get(variable) ?? captured(variable, this);
    this.#variables.set(variable, known);
    return known;
  }

  /** tfjs-core makes some reshapes without a kernel, by a second tensor on the same data. */
  #seenAs(known: Ref, { shape, dtype }: Pick<TensorInfo, 'shape' | 'dtype'>): Ref {
    let ref = known;
    if (ref.dtype !== dtype) {
      const cast: Ref = { shape: ref.shape, dtype };
      this.calls.push({ kernel: 'Cast', inputs: { x: ref }, attrs: { dtype }, outputs: [cast] });
      ref = cast;
    }
    if (util.arraysEqual([...ref.shape], shape)) return ref;
    const reshaped: Ref = { shape: [...shape], dtype };
    this.calls.push({ kernel: 'Reshape', inputs: { x: ref }, attrs: { shape }, outputs: [reshaped] });
    return reshaped;
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values ?? hostArray(dtype, util.sizeFromShape(shape)), shape, dtype);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    assertHostType(dtype, 'a tensor made inside the traced function');
    this.bind(dataId, { shape: [...shape], dtype, values: toHost(values, dtype as HostType) });
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

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
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

/** A tensor of the world outside as a constant: the program outlives it, so it keeps values of its own. */
function captured({ dataId, shape, dtype }: TensorInfo, tracing: KernelBackend): Ref {
  const home = engine().state.tensorInfo.get(dataId)?.backend;
  if (home === undefined || home === tracing)
    throw new SegscapeError(
      'BAD_OPTION',
      `jit: a tensor that the function uses from outside, ${dtype} [${shape}], has been disposed. Keep it until the function has been called for the first time (tidy disposes of what is made inside), or pass it as an argument.`,
    );
  assertHostType(dtype, 'a tensor that the function uses from outside');
  const values = toHost(home.readSync(dataId), dtype as HostType);
  return { shape: [...shape], dtype, values: values.slice() };
}

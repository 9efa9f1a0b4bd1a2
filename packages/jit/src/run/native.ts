import { type DataType, engine, findBackend, type Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../compile.js';
import { type HostType, toHost } from '../host-array.js';
import type { Program, TypedShape } from '../program.js';
import { assertKept } from '../tree.js';
import { blockSize } from './block-size.js';
import { OutputBuffers, unseenValues } from './buffers.js';
import { assertDevice, type Device } from './device.js';
import { DeviceResults } from './device-results.js';
import { turn } from './pause.js';
import type { Host, RuntimeArray, RuntimeTensor } from './runtime.js';
import { openSession, type Session } from './session.js';
import { stopError, stopFetch, stopping } from './uncopied.js';

export interface NativeOptions {
  /** Threads inside an operation; ONNX Runtime's choice (one per core) when left out. */
  readonly threads?: number;
  readonly device: Device;
}

/** Arrays that runs read at present, of whatever program: the result of one may be what another is given. */
const reading = new Map<RuntimeArray, number>();

/** Without values: constants of a program are in the session by then, and what else was traced is as large as its images. */
const typedShape = ({ shape, dtype }: TypedShape): TypedShape => ({ shape, dtype });

/** One traced program, loaded into ONNX Runtime. */
export class NativeProgram {
  readonly #reading = reading;
  readonly #buffers: readonly OutputBuffers[];

  private constructor(
    private readonly host: Host,
    private readonly session: Session,
    private readonly inputs: readonly TypedShape[],
    private readonly outputs: readonly TypedShape[],
    private readonly inputNames: readonly string[],
    private readonly outputNames: readonly string[],
    /** Operations in the graph. */
    readonly nodes: number,
    private readonly results: DeviceResults | undefined,
    /** Asked for beside the results. */
    private readonly fetches: Readonly<Record<string, null>>,
  ) {
    this.#buffers = outputs.map(({ dtype, shape }) => new OutputBuffers(dtype, shape, this.#reading));
  }

  static async load(
    host: Host,
    program: Program,
    { threads, device }: NativeOptions,
  ): Promise<NativeProgram> {
    await assertDevice(host, device);
    const target = device === 'cpu' ? { block: await blockSize(host) } : { gpu: true };
    const { model, inputNames, outputNames } = compile(program, target);
    await turn();
    const results = DeviceResults.on(host, device);
    const stop = device === 'cpu' ? await stopError(host, program) : undefined;
    const session = await openSession(host, stop === undefined ? model : stopping(model), {
      device,
      keepsResults: results !== undefined,
      ...(threads !== undefined && { threads }),
      ...(stop !== undefined && { stop }),
    });
    const fetches = stop === undefined ? {} : stopFetch;
    const { length } = model.nodes;
    return new NativeProgram(
      host,
      session,
      program.inputs.map(typedShape),
      program.outputs.map(typedShape),
      inputNames,
      outputNames,
      length,
      results,
      fetches,
    );
  }

  /** Operations that the device left to the CPU; undefined where it cannot be told, or before the first run. */
  get cpuNodes(): number | undefined {
    return this.session.cpuNodes;
  }

  /** Runs on the values of `inputs`, wherever they live; the results are the caller's. */
  async run(inputs: readonly (Tensor | number)[]): Promise<Tensor[]> {
    assertKept(inputs);
    this.results?.sweep();
    const held = inputs.map((input) => (typeof input === 'number' ? undefined : this.results?.hold(input)));
    try {
      const arrays = await Promise.all(
        inputs.map((input, i) => held[i] ?? hostValues(input, this.inputs[i]!.dtype)),
      );
      return this.results === undefined && this.host.writesInPlace
        ? await this.#runInPlace(arrays as RuntimeArray[])
        : await this.#runFreely(arrays);
    } finally {
      for (const value of held) if (value !== undefined) this.results!.release(value);
    }
  }

  #feeds(values: readonly (RuntimeArray | RuntimeTensor)[]): Record<string, RuntimeTensor> {
    const feeds: Record<string, RuntimeTensor> = {};
    values.forEach((value, i) => {
      const { dtype, shape } = this.inputs[i]!;
      feeds[this.inputNames[i]!] = ArrayBuffer.isView(value)
        ? new this.host.runtime.Tensor(dtype, value, shape)
        : value;
    });
    return feeds;
  }

  /** Into arrays of ours, which are used again. */
  async #runInPlace(arrays: readonly RuntimeArray[]): Promise<Tensor[]> {
    for (const array of arrays) this.#reading.set(array, (this.#reading.get(array) ?? 0) + 1);
    const slots = this.#buffers.map((buffers) => buffers.take());
    try {
      const fetches: Record<string, RuntimeTensor | null> = { ...this.fetches };
      slots.forEach((slot, i) => {
        const { dtype, shape } = this.outputs[i]!;
        fetches[this.outputNames[i]!] = new this.host.runtime.Tensor(dtype, slot.array, shape);
      });
      await this.session.run(this.#feeds(arrays), fetches);
      return slots.map((slot, i) => this.#buffers[i]!.wrap(slot));
    } finally {
      slots.forEach((slot, i) => void this.#buffers[i]!.release(slot));
      for (const array of arrays) {
        const left = (this.#reading.get(array) ?? 1) - 1;
        if (left === 0) this.#reading.delete(array);
        else this.#reading.set(array, left);
      }
    }
  }

  /** Wherever ONNX Runtime puts the results. */
  async #runFreely(values: readonly (RuntimeArray | RuntimeTensor)[]): Promise<Tensor[]> {
    const fetched = await this.session.run(
      this.#feeds(values),
      Object.fromEntries(this.outputNames.map((name) => [name, null])),
    );
    return this.outputs.map(({ dtype, shape }, i) => {
      const value = fetched[this.outputNames[i]!]!;
      if (this.results !== undefined) return this.results.wrap(value, shape, dtype);
      const home = findBackend('cpu') ?? engine().backend;
      return engine().makeTensor(value.data as RuntimeArray, [...shape], dtype, home);
    });
  }

  async dispose(): Promise<void> {
    this.results?.sweep();
    await this.session.release();
  }
}

/** A tensor's values on the host: the very array where it already lives there. */
async function hostValues(input: Tensor | number, dtype: DataType): Promise<RuntimeArray> {
  if (typeof input === 'number') return Float32Array.of(input);
  const own = unseenValues(input.dataId);
  if (own !== undefined) return toHost(own, dtype as HostType);
  const home = engine().state.tensorInfo.get(input.dataId)?.backend;
  const values = (
    home !== undefined && home === findBackend('cpu') ? home.readSync(input.dataId) : await input.data()
  ) as RuntimeArray;
  return toHost(values, dtype as HostType);
}

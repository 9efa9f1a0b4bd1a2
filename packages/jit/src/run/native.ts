import { type DataType, engine, findBackend, type Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../compile.js';
import { encodeModel } from '../onnx/encode.js';
import type { Program } from '../trace/program.js';
import { blockSize } from './block-size.js';
import { OutputBuffers } from './buffers.js';
import type { Runtime, RuntimeArray, RuntimeSession, RuntimeTensor } from './runtime.js';

export interface NativeOptions {
  /** Threads inside an operation; ONNX Runtime's choice (one per core) when left out. */
  readonly threads?: number;
  readonly device: string;
}

/** One traced program, loaded into ONNX Runtime. */
export class NativeProgram {
  readonly #reading = new Map<RuntimeArray, number>();
  readonly #buffers: readonly OutputBuffers[];

  private constructor(
    private readonly runtime: Runtime,
    private readonly session: RuntimeSession,
    private readonly program: Program,
    private readonly inputNames: readonly string[],
    private readonly outputNames: readonly string[],
    /** Operations in the graph. */
    readonly nodes: number,
  ) {
    this.#buffers = program.outputs.map(({ dtype, shape }) => new OutputBuffers(dtype, shape, this.#reading));
  }

  static async load(
    runtime: Runtime,
    program: Program,
    { threads, device }: NativeOptions,
  ): Promise<NativeProgram> {
    const { model, inputNames, outputNames } = compile(program, {
      block: device === 'cpu' ? await blockSize(runtime) : undefined,
    });
    const session = await runtime.InferenceSession.create(encodeModel(model), {
      executionProviders: [device],
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      // Tiny gradients late in training would otherwise run at a tenth of the speed.
      extra: { session: { set_denormal_as_zero: '1' } },
    });
    return new NativeProgram(runtime, session, program, inputNames, outputNames, model.nodes.length);
  }

  /** Runs on the values of `inputs`, wherever they live; the results are the caller's. */
  async run(inputs: readonly (Tensor | number)[]): Promise<Tensor[]> {
    const arrays = await Promise.all(
      inputs.map((input, i) => hostValues(input, this.program.inputs[i]!.dtype)),
    );
    for (const array of arrays) this.#reading.set(array, (this.#reading.get(array) ?? 0) + 1);
    const slots = this.#buffers.map((buffers) => buffers.take());
    try {
      const feeds: Record<string, RuntimeTensor> = {};
      arrays.forEach((array, i) => {
        const { dtype, shape } = this.program.inputs[i]!;
        feeds[this.inputNames[i]!] = new this.runtime.Tensor(dtype, array, shape);
      });
      const fetches: Record<string, RuntimeTensor> = {};
      slots.forEach((slot, i) => {
        const { dtype, shape } = this.program.outputs[i]!;
        fetches[this.outputNames[i]!] = new this.runtime.Tensor(dtype, slot.array, shape);
      });
      await this.session.run(feeds, fetches);
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

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** A tensor's values on the host: the very array where it already lives there. */
async function hostValues(input: Tensor | number, dtype: DataType): Promise<RuntimeArray> {
  if (typeof input === 'number') return dtype === 'int32' ? Int32Array.of(input) : Float32Array.of(input);
  const home = engine().state.tensorInfo.get(input.dataId)?.backend;
  const values = (
    home !== undefined && home === findBackend('cpu') ? home.readSync(input.dataId) : await input.data()
  ) as RuntimeArray;
  // The cpu backend keeps some results, such as a cast from bool, in an array of the old type.
  if (dtype === 'int32') return values instanceof Int32Array ? values : Int32Array.from(values);
  if (dtype === 'bool') return values instanceof Uint8Array ? values : Uint8Array.from(values);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

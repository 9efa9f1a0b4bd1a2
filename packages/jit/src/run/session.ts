import { encodeModel } from '../onnx/encode.js';
import type { OnnxModel } from '../onnx/model.js';
import { type Device, provider } from './device.js';
import { failure, refusal } from './refusal.js';
import type { Host, Profile, RuntimeSession, RuntimeTensor } from './runtime.js';

export interface SessionOptions {
  readonly threads?: number;
  readonly device: Device;
  /** Results stay in the memory of the device. */
  readonly keepsResults: boolean;
  /** The message of the error by which a run ends well, before results are copied. */
  readonly stop?: string;
}

/** A loaded model, and how much of it the device left to the CPU. */
export interface Session {
  /** 0 on the CPU itself; undefined where it cannot be told, or before the first run. */
  readonly cpuNodes: number | undefined;
  run(
    feeds: Record<string, RuntimeTensor>,
    fetches: Record<string, RuntimeTensor | null>,
  ): Promise<Record<string, RuntimeTensor>>;
  release(): Promise<void>;
}

/** Operations up to which ONNX Runtime looks through a graph in no time. */
const small = 200;

/** Whether some product has weights that are known beforehand, which ONNX Runtime lays out and fuses as it likes. */
function hasConstantWeights({ nodes, initializers }: OnnxModel): boolean {
  // A single column only sums.
  const constant = new Set(initializers.filter(({ dims }) => dims.at(-1)! > 1).map(({ name }) => name));
  for (const { op, inputs, outputs } of nodes) {
    if ((op === 'Transpose' || op === 'Reshape') && constant.has(inputs[0]!)) constant.add(outputs[0]!);
    if (products.has(op) && constant.has(inputs[1]!)) return true;
  }
  return false;
}

const products = new Set(['Conv', 'ConvTranspose', 'MatMul']);

/**
 * A model whose inputs may have any shape. From sizes ONNX Runtime plans which value takes over the memory of which: in a training step
 * the gradients that of the forward pass's values of their shape, so that nearly all of it is held until then. Without them a value's
 * memory is free after its last use: a sixth to a quarter less at the peak, about as fast.
 */
const ofAnyShape = (model: OnnxModel): OnnxModel => ({
  ...model,
  inputs: model.inputs.map(({ dims: _, ...input }) => input),
  outputs: model.outputs.map(({ dims: _, ...output }) => output),
});

const refused = /fallback to CPU EP has been explicitly disabled/;

/**
 * Loads a model.
 *
 * @throws {SegscapeError} `NOT_TRACEABLE`, by the name of the kernel, when ONNX Runtime refuses it; so do runs that fail.
 */
export async function openSession(host: Host, model: OnnxModel, options: SessionOptions): Promise<Session> {
  let session: Session;
  try {
    session = await open(host, model, options);
  } catch (cause) {
    throw await refusal(host, model, cause);
  }
  return {
    get cpuNodes() {
      return session.cpuNodes;
    },
    async run(feeds, fetches) {
      try {
        return await session.run(feeds, fetches);
      } catch (cause) {
        if (options.stop !== undefined && cause instanceof Error && cause.message === options.stop) return {};
        throw failure(model, cause);
      }
    },
    release: () => session.release(),
  };
}

async function open(
  { runtime, profile }: Host,
  model: OnnxModel,
  { threads, device, keepsResults }: SessionOptions,
): Promise<Session> {
  const constantWeights = hasConstantWeights(model);
  // It pays for small graphs, such as a loss, too. A training step has nothing left to optimise and loads in a third of the time.
  const optimized = constantWeights || model.nodes.length <= small;
  const bytes = encodeModel(optimized || device !== 'cpu' ? model : ofAnyShape(model));
  const load = (extra: Record<string, string>, more: Record<string, unknown> = {}) =>
    runtime.InferenceSession.create(bytes, {
      executionProviders: [provider(device)],
      executionMode: 'sequential',
      graphOptimizationLevel: optimized ? 'all' : 'disabled',
      // A plan of one block for all values holds a third more than the values themselves, and is no faster.
      enableMemPattern: false,
      logSeverityLevel: 4,
      ...(keepsResults && { preferredOutputLocation: 'gpu-buffer' }),
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      // Tiny gradients late in training would otherwise run at a tenth of the speed.
      extra: {
        session: {
          set_denormal_as_zero: '1',
          // Columns of ones, which sum, would be laid out as matrices of sixteen.
          ...(!constantWeights && { disable_prepacking: '1' }),
          ...extra,
        },
        // Would move transposes past comparisons, and booleans are moved by no GPU provider.
        ...(device !== 'cpu' && { optimization: { disable_specified_optimizers: 'TransposeOptimizer' } }),
      },
      ...more,
    });
  if (device === 'cpu') return settled(await load({}), 0);
  try {
    // ONNX Runtime's own word that every operation is on the device.
    return settled(await load({ disable_cpu_ep_fallback: '1' }), 0);
  } catch (error) {
    if (!(error instanceof Error && refused.test(error.message))) throw error;
  }
  const record = profile?.();
  const session = await load({}, record?.options);
  return record === undefined ? settled(session, undefined) : counting(session, record);
}

const settled = (session: RuntimeSession, cpuNodes: number | undefined): Session => ({
  cpuNodes,
  run: (feeds, fetches) => session.run(feeds, fetches),
  release: () => session.release(),
});

/** Counts during the first run, by a profile. */
function counting(session: RuntimeSession, profile: Profile): Session {
  let cpuNodes: number | undefined;
  let pending = true;
  const finish = () => {
    if (!pending) return;
    pending = false;
    session.endProfiling?.();
    cpuNodes = profile.cpuNodes();
  };
  return {
    get cpuNodes() {
      return cpuNodes;
    },
    async run(feeds, fetches) {
      const results = await session.run(feeds, fetches);
      finish();
      return results;
    },
    async release() {
      finish();
      await session.release();
    },
  };
}

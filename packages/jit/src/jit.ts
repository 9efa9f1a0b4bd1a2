import { registerGradients } from '@segscape/backend';
import { isSegscapeError, SegscapeError } from '@segscape/core';
import { getBackend, scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { loadRuntime } from '#runtime';
import type { Device } from './run/device.js';
import { NativeProgram } from './run/native.js';
import { pauses } from './run/pause.js';
import type { RuntimeLoader } from './run/runtime.js';
import type { Program, Ref } from './trace/program.js';
import { trace } from './trace/trace.js';
import { flatten, signature, type Tree, type TreeSpec, unflatten } from './tree.js';

export interface JitOptions {
  /**
   * `'onnxruntime'` runs natively or fails; `'eager'` runs the function as it is on the current backend; `'auto'` (the default)
   * runs natively on the host backends (cpu, wasm), and eagerly on GPU backends and where tracing is impossible.
   */
  readonly executor?: 'auto' | 'onnxruntime' | 'eager';
  /** Threads inside an operation. Default: one per core. Results do not depend on it. */
  readonly threads?: number;
  /**
   * What ONNX Runtime computes on. Default `'cpu'`. On `'webgpu'` (any GPU with a Vulkan, Metal or Direct3D 12 driver) results stay
   * on the device until they are read, so that state which passes from step to step is never copied. `'cuda'`, `'dml'` and
   * `'coreml'` are there where the build of ONNX Runtime has them.
   */
  readonly device?: Device;
  /**
   * Gives ONNX Runtime's module: `() => import('onnxruntime-web')` in a browser. Default: `onnxruntime-node` in Node, in browsers what
   * the page's import map calls `onnxruntime-web`.
   */
  readonly runtime?: RuntimeLoader;
  /** Told once per signature why `'auto'` runs eagerly. */
  readonly onFallback?: (reason: Error) => void;
}

export interface JitStats {
  /** Signatures met so far: one compiled program each, or an eager one. */
  readonly programs: number;
  readonly calls: number;
  /** ONNX operations of the latest program; 0 when eager. */
  readonly nodes: number;
  /**
   * Operations of the latest program that its device left to the CPU: 0 when all run on the device, and on the cpu itself.
   * Undefined where ONNX Runtime does not tell, and before the first call ends.
   */
  readonly cpuNodes: number | undefined;
  readonly executor: 'onnxruntime' | 'eager' | 'none';
  /** Milliseconds spent tracing and loading programs. */
  readonly compileMs: number;
}

/** Arguments as a caller may give them: a number wherever the function takes a scalar tensor. */
export type Loose<T> = T extends Tensor
  ? Tensor | number
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

/** A traced function. Tensors in the result are the caller's to dispose. */
export interface Jitted<T, R> {
  (args: Loose<T>): Promise<R>;
  /** Frees the compiled programs; idempotent. Results already returned stay valid. */
  dispose(): Promise<void>;
  stats(): JitStats;
}

type Runner = (leaves: readonly (Tensor | number)[]) => Promise<Tree>;

interface Entry {
  readonly run: Runner;
  readonly native?: NativeProgram;
}

const devices: readonly Device[] = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'];

/** Where a compiled copy of the function is the faster one; GPU backends keep their tensors on the device. */
const hostBackends = ['cpu', 'wasm', 'segscape-trace', ''];
const onHost = () => hostBackends.includes(getBackend() ?? '');

/**
 * Runs a pure tensor function at native speed: on the first call for a structure of shapes and types, `fn` is traced
 * (gradients included) into one ONNX graph, which ONNX Runtime then runs.
 *
 * `fn` takes one argument, nested records and arrays of tensors, and returns the like. Numbers in the argument reach it as rank-0
 * float32 tensors, so that a changing learning rate never retraces. Captured tensors are frozen as constants.
 *
 * @throws {SegscapeError} `NOT_TRACEABLE` when a value is read or a random number drawn inside, `UNSUPPORTED_KERNEL` when a
 *   TensorFlow.js kernel has no ONNX form, `BACKEND_UNAVAILABLE` when ONNX Runtime or the device is not there.
 */
export function jit<T, R>(fn: (args: T) => R, options: JitOptions = {}): Jitted<T, R> {
  const { executor = 'auto', threads, device = 'cpu', runtime, onFallback } = options;
  if (!devices.includes(device))
    throw new SegscapeError('BAD_OPTION', `jit: device (='${device}') must be one of ${devices.join(', ')}.`);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new SegscapeError('BAD_OPTION', `jit: threads (=${threads}) must be a positive integer.`);
  const entries = new Map<string, Promise<Entry>>();
  let latest: NativeProgram | undefined;
  const stats = { programs: 0, calls: 0, nodes: 0, executor: 'none' as JitStats['executor'], compileMs: 0 };

  const build = async (spec: TreeSpec, leaves: readonly (Tensor | number)[]): Promise<Entry> => {
    const started = performance.now();
    stats.programs++;
    const pause = pauses();
    const eager: Entry = {
      run: async (values) => {
        await pause();
        return runEagerly(fn, spec, values);
      },
    };
    if (executor === 'eager' || (executor === 'auto' && !onHost())) {
      stats.executor = 'eager';
      registerGradients();
      return eager;
    }
    try {
      const { program, resultSpec } = traceTree(fn, spec, leaves);
      const native = await NativeProgram.load(await loadRuntime(runtime), program, {
        ...(threads !== undefined && { threads }),
        device,
      });
      stats.executor = 'onnxruntime';
      stats.nodes = native.nodes;
      latest = native;
      stats.compileMs += performance.now() - started;
      return { native, run: async (values) => unflatten(resultSpec, await native.run(values)) };
    } catch (error) {
      const expected = ['UNSUPPORTED_KERNEL', 'NOT_TRACEABLE', 'BACKEND_UNAVAILABLE'] as const;
      if (executor === 'onnxruntime' || !expected.some((code) => isSegscapeError(error, code))) throw error;
      onFallback?.(error as Error);
      stats.executor = 'eager';
      return eager;
    }
  };

  const call = async (args: Loose<T>): Promise<R> => {
    const { leaves, spec } = flatten(args as Tree, 'jit');
    const key = signature(spec, leaves);
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = build(spec, leaves);
      entries.set(key, entry);
      entry.catch(() => entries.delete(key));
    }
    stats.calls++;
    return (await (await entry).run(leaves)) as R;
  };

  return Object.assign(call, {
    async dispose() {
      const programs = [...entries.values()];
      entries.clear();
      for (const program of programs) await (await program.catch(() => undefined))?.native?.dispose();
    },
    stats: () => ({ ...stats, cpuNodes: latest === undefined ? 0 : latest.cpuNodes }),
  });
}

const isNumber = (leaf: Tensor | number): leaf is number => typeof leaf === 'number';

/** Traces `fn` for arguments of this structure; the values of the leaves do not matter, only shapes and types. */
export function traceTree<T, R>(
  fn: (args: T) => R,
  spec: TreeSpec,
  leaves: readonly (Pick<Ref, 'shape' | 'dtype'> | number)[],
): { program: Program; resultSpec: TreeSpec; resultPaths: readonly string[] } {
  registerGradients();
  let resultSpec: TreeSpec | undefined;
  let resultPaths: readonly string[] = [];
  const shapes = leaves.map((leaf) =>
    typeof leaf === 'number'
      ? { shape: [], dtype: 'float32' as const }
      : { shape: leaf.shape, dtype: leaf.dtype },
  );
  const program = trace((symbols) => {
    const result = flatten(fn(unflatten(asTensors(spec), symbols) as T) as Tree, 'jit: the result');
    resultSpec = asTensors(result.spec);
    resultPaths = result.paths;
    return result.leaves.map((leaf) => (isNumber(leaf) ? scalar(leaf) : leaf));
  }, shapes);
  return { program, resultSpec: resultSpec as TreeSpec, resultPaths };
}

/** The same structure with tensors for numbers. */
const asTensors = (spec: TreeSpec): TreeSpec => ({
  ...spec,
  kind: spec.kind === 'number' ? 'tensor' : spec.kind,
  children: spec.children.map(asTensors),
});

function runEagerly<T, R>(fn: (args: T) => R, spec: TreeSpec, leaves: readonly (Tensor | number)[]): Tree {
  return tidy(() => {
    const tensors = leaves.map((leaf) => (isNumber(leaf) ? scalar(leaf) : leaf));
    const result = flatten(fn(unflatten(asTensors(spec), tensors) as T) as Tree, 'jit: the result');
    // A result that is an argument is still a new tensor, so that disposing it harms nobody.
    const own = result.leaves.map((leaf) =>
      isNumber(leaf) ? scalar(leaf) : leaves.includes(leaf) ? leaf.clone() : leaf,
    );
    return unflatten(asTensors(result.spec), own) as never;
  });
}

/** Whether ONNX Runtime can be loaded here, so that `jit` runs natively. */
export const isNative = (): Promise<boolean> =>
  loadRuntime().then(
    () => true,
    () => false,
  );

/** How `jit` runs on the current backend with this `executor`, wherever a function can be traced. */
export const executorOf = async ({
  executor = 'auto',
}: Pick<JitOptions, 'executor'> = {}): Promise<'onnxruntime' | 'eager'> => {
  if (executor !== 'auto') return executor;
  return onHost() && (await isNative()) ? 'onnxruntime' : 'eager';
};

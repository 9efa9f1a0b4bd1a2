import { registerGradients } from '@segscape/backend';
import { isSegscapeError, SegscapeError } from '@segscape/core';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { loadRuntime } from '#runtime';
import { isNumber, runEagerly, traceTree } from './apply.js';
import type { Device } from './run/device.js';
import { NativeProgram } from './run/native.js';
import { pauses } from './run/pause.js';
import type { RuntimeLoader } from './run/runtime.js';
import { stateful } from './run/stateful.js';
import { assertOneArgument, assertTraceable } from './traceable.js';
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
  /** Frees the compiled programs once their last run has ended; idempotent. Results stay valid, further calls are refused. */
  dispose(): Promise<void>;
  stats(): JitStats;
}

type Leaves = readonly (Tensor | number)[];

interface Entry {
  run: (leaves: Leaves) => Promise<Tree>;
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
 * float32 tensors, so that a changing learning rate never retraces. Captured tensors are frozen as constants; a variable that `fn`
 * assigns is read before and assigned after each run instead, and runs that share one wait for each other.
 *
 * @throws {SegscapeError} `BAD_OPTION` for a function that is async or takes several arguments, for results that are no tensors, for
 *   tensors that have been disposed, and for calls after `dispose`; `NOT_TRACEABLE` when a value is read, a random number drawn or a
 *   variable made inside, and when ONNX Runtime refuses the program or fails to run it; `UNSUPPORTED_KERNEL` when a TensorFlow.js
 *   kernel has no ONNX form; `BACKEND_UNAVAILABLE` when ONNX Runtime or the device is not there.
 */
export function jit<T, R>(fn: (args: T) => R, options: JitOptions = {}): Jitted<T, R> {
  const { executor = 'auto', threads, device = 'cpu', runtime, onFallback } = options;
  if (!devices.includes(device))
    throw new SegscapeError('BAD_OPTION', `jit: device (='${device}') must be one of ${devices.join(', ')}.`);
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0))
    throw new SegscapeError('BAD_OPTION', `jit: threads (=${threads}) must be a positive integer.`);
  assertTraceable(fn);
  const entries = new Map<string, Promise<Entry>>();
  const running = new Set<Promise<unknown>>();
  let latest: NativeProgram | undefined;
  let disposed = false;
  const stats = { programs: 0, calls: 0, nodes: 0, executor: 'none' as JitStats['executor'], compileMs: 0 };

  const mayFallBack = (error: unknown) =>
    executor !== 'onnxruntime' && fallbackCodes.some((code) => isSegscapeError(error, code));
  const fallBack = (error: unknown) => {
    onFallback?.(error as Error);
    Object.assign(stats, { executor: 'eager', nodes: 0 });
    latest = undefined;
  };

  const build = async (spec: TreeSpec, leaves: Leaves): Promise<Entry> => {
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
      // ONNX Runtime loads no program without results.
      if (program.outputs.length === 0) return { run: async () => unflatten(resultSpec, []) };
      const native = await NativeProgram.load(await loadRuntime(runtime), program, {
        ...(threads !== undefined && { threads }),
        device,
      });
      stats.executor = 'onnxruntime';
      stats.nodes = native.nodes;
      latest = native;
      stats.compileMs += performance.now() - started;
      const run = stateful(native, program.variables);
      const entry: Entry = {
        native,
        async run(values) {
          try {
            return unflatten(resultSpec, await run(values));
          } catch (error) {
            if (!mayFallBack(error)) throw error;
            // Where eager execution fails too it is the values that are wrong, not the program.
            const result = await eager.run(values);
            entry.run = eager.run;
            fallBack(error);
            return result;
          }
        },
      };
      return entry;
    } catch (error) {
      if (!mayFallBack(error)) throw error;
      fallBack(error);
      return eager;
    }
  };

  const run = async (args: Tree): Promise<Tree> => {
    const { leaves, paths, spec } = flatten(args, 'jit');
    const gone = leaves.findIndex((leaf) => !isNumber(leaf) && leaf.isDisposed);
    if (gone >= 0)
      throw new SegscapeError(
        'BAD_OPTION',
        `jit: ${paths[gone] || 'the argument'} has been disposed; expected a tensor that is still there.`,
      );
    const key = signature(spec, leaves);
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = build(spec, leaves);
      entries.set(key, entry);
      entry.catch(() => entries.delete(key));
    }
    stats.calls++;
    return (await entry).run(leaves);
  };

  const call = async (args: Loose<T>, ...rest: unknown[]): Promise<R> => {
    assertOneArgument(rest);
    if (disposed)
      throw new SegscapeError(
        'BAD_OPTION',
        'jit: the function has been disposed. Make another by jit(fn), or dispose of it after its last call.',
      );
    const result = run(args as Tree);
    running.add(result);
    try {
      return (await result) as R;
    } finally {
      running.delete(result);
    }
  };

  return Object.assign(call, {
    async dispose() {
      disposed = true;
      await Promise.allSettled(running);
      const programs = [...entries.values()];
      entries.clear();
      for (const program of programs) await (await program.catch(() => undefined))?.native?.dispose();
    },
    stats: () => ({ ...stats, cpuNodes: latest === undefined ? 0 : latest.cpuNodes }),
  });
}

const fallbackCodes = ['UNSUPPORTED_KERNEL', 'NOT_TRACEABLE', 'BACKEND_UNAVAILABLE'] as const;

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

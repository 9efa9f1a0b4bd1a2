import { registerGradients } from '@segscape/backend/gradients';
import {
  assertKnown,
  assertOneOf,
  assertOption,
  isSegscapeError,
  optionNames,
  SegscapeError,
} from '@segscape/core';
import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { loadRuntime } from '#runtime';
import type { JitOptions, JitStats, Jitted, Loose } from './jit-options.js';
import type { Device } from './run/device.js';
import type { NativeProgram } from './run/native.js';
import { pauses } from './run/pause.js';
import { runEagerly } from './run-eagerly.js';
import { assertOneArgument, assertOutside, assertTraceable } from './traceable.js';
import { flatten, isNumber, signature, type Tree, type TreeSpec } from './tree.js';

type Leaves = readonly (Tensor | number)[];

interface Entry {
  run: (leaves: Leaves) => Promise<Tree>;
  readonly native?: NativeProgram;
}

const devices: readonly Device[] = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'];
const executors = ['auto', 'onnxruntime', 'eager'] as const;

/** Where a compiled copy of the function is the faster one; GPU backends keep their tensors on the device. */
const hostBackends = ['cpu', 'wasm', ''];
const onHost = () => hostBackends.includes(getBackend() ?? '');

const known = optionNames<JitOptions>({
  executor: true,
  threads: true,
  device: true,
  runtime: true,
  onFallback: true,
});

/**
 * Runs a pure tensor function at native speed: on the first call for a structure of shapes and types, `fn` is traced
 * (gradients included) into one ONNX graph, which ONNX Runtime then runs.
 *
 * `fn` takes one argument, nested records and arrays of tensors, and returns the like. Numbers in the argument reach it as rank-0
 * float32 tensors, so that a changing learning rate never retraces. Captured tensors are frozen as constants; a variable that `fn`
 * assigns is read before and assigned after each run instead, and runs that share one wait for each other.
 *
 * @param fn synchronous, of one argument; pure but for variables that it assigns.
 * @param options.executor `'auto'` (default), `'onnxruntime'` or `'eager'`.
 * @param options.threads threads inside an operation, a positive integer. Default: one per core.
 * @param options.device what ONNX Runtime computes on. Default `'cpu'`.
 * @param options.runtime gives ONNX Runtime's module; needed in browsers without an import map.
 * @param options.onFallback told once per structure why `'auto'` runs eagerly.
 * @returns a function of the same argument, borrowed, its scalars of shape `[]` also as numbers; it promises what `fn` returns, tensors of
 *   the same shapes and types that are the caller's. One program is compiled for each structure of shapes and types.
 * @throws {SegscapeError} `BAD_OPTION` for a function that is async or takes several arguments, for options and results that are none, for
 *   tensors that have been disposed, for calls after `dispose` and inside a traced function; `SHAPE_MISMATCH` for a variable that is
 *   assigned another shape or type; `NOT_TRACEABLE` when a value is read, a random number drawn or a
 *   variable made inside, and when ONNX Runtime refuses the program or fails to run it; `UNSUPPORTED_KERNEL` when a TensorFlow.js
 *   kernel has no ONNX form; `BACKEND_UNAVAILABLE` when ONNX Runtime or the device is not there.
 */
export function jit<T, R>(fn: (args: T) => R, options: JitOptions = {}): Jitted<T, R> {
  assertKnown('jit', options, known);
  const { executor = 'auto', threads, device = 'cpu', runtime, onFallback } = options;
  assertOneOf('jit', 'executor', executor, executors);
  assertOption(devices.includes(device), 'jit', 'device', device, `be one of ${devices.join(', ')}`);
  assertOption(
    threads === undefined || (Number.isInteger(threads) && threads > 0),
    'jit',
    'threads',
    threads,
    'be a positive integer',
  );
  for (const [name, given] of Object.entries({ runtime, onFallback }))
    assertOption(given === undefined || typeof given === 'function', 'jit', name, given, 'be a function');
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
      const { compiled } = await import('./run/compiled.js');
      const { native, run } = await compiled(fn, spec, leaves, () => loadRuntime(runtime), {
        ...(threads !== undefined && { threads }),
        device,
      });
      if (native === undefined) return { run };
      stats.executor = 'onnxruntime';
      stats.nodes = native.nodes;
      latest = native;
      stats.compileMs += performance.now() - started;
      const entry: Entry = {
        native,
        async run(values) {
          try {
            return await run(values);
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
      entry.catch(() => {
        entries.delete(key);
        stats.programs--;
      });
    }
    stats.calls++;
    return (await entry).run(leaves);
  };

  const settled = async (args: Loose<T>, rest: readonly unknown[]): Promise<R> => {
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

  const call = (args: Loose<T>, ...rest: unknown[]): Promise<R> => {
    // At once: inside a traced function nobody waits for a promise.
    assertOutside();
    return settled(args, rest);
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

/**
 * Whether ONNX Runtime can be loaded here, so that `jit` runs natively.
 *
 * @returns true where `onnxruntime-node`, or in a browser what the page's import map calls `onnxruntime-web`, loads; it never rejects.
 */
export const isNative = (): Promise<boolean> =>
  loadRuntime().then(
    () => true,
    () => false,
  );

/**
 * How `jit` runs on the current backend with this `executor`, wherever a function can be traced.
 *
 * @param options.executor as `jit` takes it. Default `'auto'`.
 * @returns `'onnxruntime'` or `'eager'`; another `executor` than `'auto'` comes back as it is.
 * @throws {SegscapeError} `BAD_OPTION` for an `executor` that there is not.
 */
export const executorOf = async ({
  executor = 'auto',
}: Pick<JitOptions, 'executor'> = {}): Promise<'onnxruntime' | 'eager'> => {
  assertOneOf('executorOf', 'executor', executor, executors);
  if (executor !== 'auto') return executor;
  return onHost() && (await isNative()) ? 'onnxruntime' : 'eager';
};

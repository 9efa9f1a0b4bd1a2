import type { Tensor } from '@tensorflow/tfjs-core';
import { traceTree } from '../trace-tree.js';
import { type Tree, type TreeSpec, unflatten } from '../tree.js';
import { type NativeOptions, NativeProgram } from './native.js';
import { turn } from './pause.js';
import type { Host } from './runtime.js';
import { stateful } from './stateful.js';

/** A function that was traced and loaded into ONNX Runtime. */
export interface CompiledFunction {
  /** Absent where the function has no results: ONNX Runtime loads no such program. */
  readonly native?: NativeProgram;
  run(leaves: readonly (Tensor | number)[]): Promise<Tree>;
}

/**
 * Traces a function and loads it into ONNX Runtime. With all that it takes, the writer of ONNX among it, it is a module of its own,
 * loaded when a function is first compiled: who runs on a GPU backend never fetches it.
 */
export async function compiled<T, R>(
  fn: (args: T) => R,
  spec: TreeSpec,
  leaves: readonly (Tensor | number)[],
  load: () => Promise<Host>,
  options: NativeOptions,
): Promise<CompiledFunction> {
  const { program, resultSpec } = traceTree(fn, spec, leaves);
  if (program.outputs.length === 0) return { run: async () => unflatten(resultSpec, []) };
  // Tracing, writing and loading a large step take a few tenths of a second each, none of which can be cut.
  await turn();
  const native = await NativeProgram.load(await load(), program, options);
  const run = stateful(native, program.variables);
  return { native, run: async (values) => unflatten(resultSpec, await run(values)) };
}

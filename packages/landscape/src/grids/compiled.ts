import { anything, assertOptions, integer, type JsonSchema, options, word } from '@segscape/core/schema';
import { type JitOptions, type Jitted, jit } from '@segscape/jit';

// Imported on demand alone: what only draws surfaces it has carries no compiler.

const schema: JsonSchema = {
  type: 'object',
  properties: {
    jit: options<JitOptions>({
      executor: word('What runs the function.', ['auto', 'onnxruntime', 'eager'], { default: 'auto' }),
      threads: integer('Threads inside an operation.', { minimum: 1 }),
      device: word('What ONNX Runtime computes on.', ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'], {
        default: 'cpu',
      }),
      runtime: anything("Gives ONNX Runtime's module."),
      onFallback: anything("Told why 'auto' runs eagerly."),
    }),
  },
};

/** @throws {SegscapeError} `BAD_OPTION` for an option that `jit` does not have, or a value it does not take. */
export function assertJit(where: string, given: JitOptions): void {
  assertOptions(where, { jit: given }, schema);
}

/**
 * A function through `jit`.
 *
 * @param where whose options they are, for errors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function compiled<T, R>(where: string, fn: (args: T) => R, given: JitOptions = {}): Jitted<T, R> {
  assertJit(where, given);
  return jit(fn, given);
}

import { SegscapeError } from '@segscape/core';
import type { Ref } from '../program.js';

/** Runs a part of a rule; what goes wrong in it is told by the kernel's name. */
export function within<T>(kernel: string, inputs: Readonly<Record<string, Ref>>, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof SegscapeError) throw cause;
    const given = Object.values(inputs).map(({ dtype, shape }) => `${dtype} [${shape}]`);
    const reason = cause instanceof Error ? ` (${cause.message})` : '';
    throw new SegscapeError(
      'NOT_TRACEABLE',
      `jit: TensorFlow.js kernel ${kernel} of ${given.join(', ') || 'nothing'} cannot be written in ONNX${reason}. Use other operations there, or executor: 'eager'.`,
      { details: { kernel }, cause },
    );
  }
}

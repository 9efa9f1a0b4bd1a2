import { assertKnown, assertOption, type Optimizer } from '@segscape/core';

/** Refuses what is no set of options, and options that a function does not have. */
export function assertGiven(where: string, options: unknown, known: readonly string[]): void {
  assertOption(typeof options === 'object' && options !== null, where, 'options', options, 'be an object');
  assertKnown(where, options, known);
}

/** A function that another one is given: a file's name in its place would be told of an epoch later only. */
export const assertFunction = (where: string, name: string, value: unknown, what: string): void =>
  assertOption(typeof value === 'function', where, name, value, `be a function ${what}`);

/** TensorFlow.js's own optimisers keep their state to themselves: nothing could be resumed. */
export function assertOptimizer(
  where: string,
  value: Partial<Optimizer> | undefined,
  name = 'optimizer',
): void {
  const sound = typeof value?.init === 'function' && typeof value.update === 'function';
  assertOption(sound, where, name, value, 'have init and update; those of tf.train have not');
}

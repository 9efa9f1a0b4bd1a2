import { SegscapeError } from '@segscape/core';
import { getBackend } from '@tensorflow/tfjs-core';

/** The name of the backend that traces. */
export const tracing = 'segscape-trace';

const remedy: Readonly<Record<string, string>> = {
  AsyncFunction:
    'is async; a traced function is synchronous. Do what has to be awaited outside, and pass what it gives as an argument: jit(({ x }) => …)',
  GeneratorFunction: 'is a generator; a traced function returns all its results at once',
  AsyncGeneratorFunction: 'is an async generator; a traced function returns all its results at once',
};

/**
 * Refuses functions that cannot be traced by what they are.
 *
 * @param where the function that is given it, for the message.
 * @throws {SegscapeError} `BAD_OPTION` for anything but a synchronous function of one argument.
 */
export function assertTraceable(fn: unknown, where = 'jit'): void {
  const refused = (message: string) => new SegscapeError('BAD_OPTION', `${where}: ${message}.`);
  if (typeof fn !== 'function') throw refused(`expected a function, got ${fn === null ? 'null' : typeof fn}`);
  const name = fn.name === '' ? 'the function' : `function '${fn.name}'`;
  const kind = Object.prototype.toString.call(fn).slice(8, -1);
  if (remedy[kind] !== undefined) throw refused(`${name} ${remedy[kind]}`);
  if (fn.length > 1)
    throw refused(
      `${name} takes ${fn.length} arguments; a traced function takes one, a record or an array of all it needs: ${where}(([a, b]) => fn(a, b))`,
    );
}

/** Refuses further arguments, which the function would never see. */
export function assertOneArgument(rest: readonly unknown[]): void {
  if (rest.length > 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `jit: called with ${rest.length + 1} arguments; a traced function takes one, a record or an array of all it needs.`,
    );
}

/** Refuses to start a program while a function is traced, which would get a promise. */
export function assertOutside(): void {
  if (getBackend() === tracing)
    throw new SegscapeError(
      'BAD_OPTION',
      'jit: a function made by jit is called inside a traced one. Call the function that it was made of there: it is compiled as a part of the whole.',
    );
}

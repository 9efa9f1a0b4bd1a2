import { SegscapeError } from '@segscape/core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NativeProgram } from './native.js';

type Run = (inputs: readonly (Tensor | number)[]) => Promise<Tensor[]>;

/** The last run that reads and writes a variable. */
const latest = new WeakMap<Variable, Promise<unknown>>();

/** After all runs before that share a variable with this one. */
function inTurn<T>(variables: readonly Variable[], run: () => Promise<T>): Promise<T> {
  const mine = Promise.all(variables.map((variable) => latest.get(variable))).then(run);
  const settled = mine.catch(() => undefined);
  for (const variable of variables) latest.set(variable, settled);
  return mine;
}

/**
 * Runs a program whose function assigns variables: their values go in behind the arguments, what comes out behind the results is
 * assigned. Runs that share a variable wait for each other, so that each starts from what the last has left.
 *
 * @throws {SegscapeError} `BAD_OPTION` when a variable has been disposed.
 */
export function stateful(program: NativeProgram, variables: readonly Variable[]): Run {
  if (variables.length === 0) return (inputs) => program.run(inputs);
  return (inputs) =>
    inTurn(variables, async () => {
      const gone = variables.find(({ isDisposed }) => isDisposed);
      if (gone !== undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `jit: variable '${gone.name}', which the function assigns, has been disposed. Keep it while the function is in use.`,
        );
      const results = await program.run([...inputs, ...variables]);
      const values = results.splice(results.length - variables.length);
      variables.forEach((variable, i) => {
        if (!variable.isDisposed) variable.assign(values[i]!);
        values[i]!.dispose();
      });
      return results;
    });
}

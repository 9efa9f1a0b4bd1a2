import { SegscapeError } from '@segscape/core';
import { clone, engine, type Tensor, util, Variable } from '@tensorflow/tfjs-core';

type DataId = object;

/** Variables under a trace, until `restore`. */
export interface WatchedVariables {
  /**
   * Those that were assigned, in order of their first assignment.
   *
   * @throws {SegscapeError} `NOT_TRACEABLE` when the values of one were read before, which no program could repeat.
   */
  assigned(): readonly Variable[];
  /** Gives every variable back what it held before, whatever happened in between; idempotent. */
  restore(): void;
}

const refused = (message: string) => new SegscapeError('NOT_TRACEABLE', `jit: ${message}`);

const made = (): never => {
  throw refused(
    "a variable is made inside the traced function, where it would be made once for all calls. Make it outside (an optimizer makes its own at its first step: take that one eagerly), or use executor: 'eager'.",
  );
};

const disposed = (variable: Variable): never => {
  throw refused(
    `variable '${variable.name}' is disposed inside the traced function. Dispose of it outside, or use executor: 'eager'.`,
  );
};

/**
 * From now on assignments change nothing but what a variable is seen to hold: its own values stay where they are. Making a variable
 * is refused, and disposing of one too.
 */
export function watchVariables(): WatchedVariables {
  const tf = engine();
  const { makeVariable, disposeVariable, readSync, read } = tf;
  const { assign } = Variable.prototype;
  const own = new Map<Variable, DataId>();
  const seen = new Set<DataId>();
  const held: Tensor[] = [];

  tf.makeVariable = made;
  tf.disposeVariable = disposed;
  tf.readSync = (dataId) => {
    seen.add(dataId);
    return readSync.call(tf, dataId);
  };
  tf.read = (dataId) => {
    seen.add(dataId);
    return read.call(tf, dataId);
  };
  Variable.prototype.assign = function (this: Variable, value: Tensor) {
    assertAlike(this, value);
    // Kept beyond the tidy around it, as a variable's value is.
    const copy = tf.keep(clone(value));
    held.push(copy);
    if (!own.has(this)) own.set(this, this.dataId);
    this.dataId = copy.dataId;
  };

  return {
    assigned() {
      for (const [variable, dataId] of own)
        if (seen.has(dataId))
          throw refused(
            `the values of variable '${variable.name}' are read inside the traced function, which assigns it. Read them outside and pass them as an argument, or use executor: 'eager'.`,
          );
      return [...own.keys()];
    },
    restore() {
      Object.assign(tf, { makeVariable, disposeVariable, readSync, read });
      Variable.prototype.assign = assign;
      for (const [variable, dataId] of own) variable.dataId = dataId;
      for (const copy of held.splice(0)) copy.dispose();
    },
  };
}

function assertAlike({ name, shape, dtype }: Variable, value: Tensor): void {
  if (value.dtype === dtype && util.arraysEqual(value.shape, shape)) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `jit: variable '${name}' is ${dtype} [${shape}]; expected its new value to be the same, got ${value.dtype} [${value.shape}].`,
  );
}

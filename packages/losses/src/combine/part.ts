import { either, type JsonSchema } from '@segscape/core/schema';
import type { LossFn } from '../loss.js';

/** A loss inside of another, without the pixels of a label value where it can leave some out. */
export const part = (loss: LossFn, ignoreIndex: number | undefined): LossFn =>
  ignoreIndex === undefined ? loss : (loss.ignoring?.(ignoreIndex) ?? loss);

/** A loss as data. */
export const configOf = ({ name, options }: LossFn): Readonly<Record<string, unknown>> => ({
  kind: name,
  ...options,
});

/** Schema of a config inside of another: an object, or the kind alone. */
export const partSchema = (description: string, kind: string): JsonSchema =>
  either(description, [
    { type: 'object', examples: [{ kind }] },
    { type: 'string', examples: [kind] },
  ]);

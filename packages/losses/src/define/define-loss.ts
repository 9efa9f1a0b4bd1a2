import { assertOptions, type OptionsSchema } from '@segscape/core/schema';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { LossBody, LossFn } from '../loss.js';
import { makeLoss } from './make-loss.js';

/** Makes a loss from its options. The compiler knows that reductions mean and sum give a scalar. */
export interface LossMaker<Options extends object> {
  (options?: Options & { readonly reduction?: 'mean' | 'sum' }): LossFn<Scalar>;
  (options?: Options): LossFn;
  /** The kind of loss, as configs name it. */
  readonly name: string;
  /** Its options, described: type, bounds, default, one line with unit. */
  readonly schema: OptionsSchema<Options>;
}

/**
 * A kind of loss of one's own: its name, its options and what it computes.
 *
 *     const meanError = defineLoss('meanError', options<{ scale?: number }>({ scale: number('Factor.', { default: 1 }) }),
 *       ({ scale = 1 }) => ({ value: ({ labels }, logits) => mul(mean(abs(sub(sigmoid(logits), labels))), scale) }));
 *     lossFromConfig({ kind: 'meanError', scale: 2 }, { losses: { meanError } });
 *
 * What it makes is a loss like ours: options are checked against the schema (also `ignoreIndex`, `input` and `activation`
 * mean what they mean everywhere, where the schema has them), labels are checked, tensors tidied, and combinators hand
 * `ignoreIndex` on to it.
 *
 * @param name of the kind, with which errors begin.
 * @param schema of the options, from `options` of `@segscape/core/schema`.
 * @param body from the checked options what is computed: `value(labels, logits)` and, for a sum over pixels,
 *   `map(labels, logits)`; `readLabels` brings labels and logits to one form. It sees no `input`: logits are logits.
 * @returns a function from the options to a loss; it throws `BAD_OPTION` for options that are not as the schema says.
 */
export function defineLoss<Options extends object>(
  name: string,
  schema: OptionsSchema<Options>,
  body: (options: Options, name: string) => LossBody,
): LossMaker<Options> {
  const takesIgnoreIndex = Object.hasOwn(schema.properties, 'ignoreIndex');
  const make = (options: Options): LossFn<Tensor> => {
    assertOptions(name, options, schema);
    const ignoring = (ignoreIndex: number) => make({ ...options, ignoreIndex });
    return makeLoss({ name, options, ...(takesIgnoreIndex && { ignoring }) }, body(options, name));
  };
  const maker = (options?: Options) => make(options ?? ({} as Options));
  return Object.defineProperties(maker, {
    name: { value: name },
    schema: { value: schema, enumerable: true },
  }) as LossMaker<Options>;
}

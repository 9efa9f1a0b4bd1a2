import { assertOption } from '@segscape/core';
import { assertOptions, either, list, options as optionsOf } from '@segscape/core/schema';
import { add, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { makeLoss } from '../define/make-loss.js';
import * as shared from '../define/shared-options.js';
import type { LossFn, LossLabels, PreparedLabels } from '../loss.js';
import { configOf, part, partSchema } from './part.js';
import { joinPrepared, preparedFor } from './prepared-terms.js';
import { presentWeight, rampUpSchema, type WeightSchedule, weightsOf } from './weight-schedule.js';

export interface WeightedSumOptions {
  /** Label value left out by every term that can leave one out and has none itself. Default: none. */
  readonly ignoreIndex?: number;
}

/** A loss with its weight, a number or one that changes in training. */
export type WeightedTerm<Result extends Tensor = Tensor> = readonly [LossFn<Result>, number | WeightSchedule];

export const weightedSumSchema = optionsOf<WeightedSumOptions>({
  ignoreIndex: shared.inputOptions.ignoreIndex,
});

/** Of a config: the terms beside the options. */
export const weightedSumConfigSchema = optionsOf<WeightedSumOptions & { readonly terms: unknown }>(
  {
    terms: list(
      'Losses with their weights.',
      {
        type: 'object',
        examples: [{ loss: { kind: 'dice' }, weight: 1 }],
        required: ['loss'],
        additionalProperties: false,
        properties: {
          loss: partSchema('Another loss config, or its kind alone.', 'dice'),
          weight: either(
            'Its weight, a number or one that rises in training.',
            [{ type: 'number' }, rampUpSchema],
            {
              default: 1,
            },
          ),
        },
      },
      { minItems: 1 },
    ),
    ...weightedSumSchema.properties,
  },
  ['terms'],
);

const isWeight = (weight: unknown): weight is number | WeightSchedule =>
  typeof weight === 'object' && weight !== null ? 'at' in weight : Number.isFinite(weight);

const weightConfig = (weight: number | WeightSchedule) =>
  typeof weight === 'number' ? weight : (weight.config ?? weight.last);

/**
 * Weighted sum of losses: Dice + cross-entropy, say.
 *
 *     const loss = weightedSum([[dice(), 1], [crossEntropy(), 1]], { ignoreIndex: 255 });
 *
 * It has a value per pixel when all its terms have. Weights may change in training: then `weightsAt(epoch)` gives those of
 * an epoch by name, to be handed on beside the labels as scalars; without them they are those of the end. What terms prepare
 * by one name comes as `weights`, `term.1.weights`, …; hand on all of it.
 *
 * @param terms pairs of a loss and its weight, a number or a schedule.
 * @param options what every term shares: `ignoreIndex`.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION` without terms or with a weight that is neither finite nor a schedule.
 */
export function weightedSum(
  terms: readonly WeightedTerm<Scalar>[],
  options?: WeightedSumOptions,
): LossFn<Scalar>;
export function weightedSum(terms: readonly WeightedTerm[], options?: WeightedSumOptions): LossFn;
export function weightedSum(given: readonly WeightedTerm[], options: WeightedSumOptions = {}): LossFn {
  const where = 'weightedSum';
  assertOptions(where, options, weightedSumSchema);
  const isList = Array.isArray(given) && given.length > 0;
  assertOption(isList, where, 'terms', given, 'hold at least one [loss, weight]');
  given.forEach((term, i) => {
    assertOption(Array.isArray(term), where, `terms[${i}]`, term, 'be [loss, weight]');
    const [loss, weight] = term;
    // A maker is a function, too, and would take labels for its options.
    const isLoss = typeof loss === 'function' && !('schema' in loss);
    assertOption(isLoss, where, `terms[${i}][0]`, loss, 'be a loss, as dice() makes one');
    const must = 'be a finite number or a schedule, as rampUp makes one';
    assertOption(isWeight(weight), where, 'weight', weight, must);
  });
  const { ignoreIndex } = options;
  const terms = given.map(([loss, weight]) => [part(loss, ignoreIndex), weight] as const);
  const losses = terms.map(([loss]) => loss);
  const total = (
    { labels, prepared }: LossLabels,
    of: (loss: LossFn, given: PreparedLabels) => Tensor,
  ): Tensor =>
    terms
      .map(([loss, weight], term) =>
        mul(of(loss, { ...preparedFor(term, prepared), labels }), presentWeight(weight, term, prepared)),
      )
      .reduce((sum, next) => add(sum, next));
  return makeLoss(
    {
      name: where,
      options: {
        terms: given.map(([loss, weight]) => ({ loss: configOf(loss), weight: weightConfig(weight) })),
        ...options,
      },
      weightsAt: weightsOf(terms),
      delegates: true,
      scalar: losses.every(({ scalar }) => scalar),
      ignoring: (label) => weightedSum(given, { ...options, ignoreIndex: label }),
    },
    {
      value: (labels, logits) => total(labels, (loss, given) => loss(given, logits)),
      ...(losses.every(({ pixelwise }) => pixelwise) && {
        map: (labels: LossLabels, logits: Tensor) => total(labels, (loss, given) => loss.map(given, logits)),
      }),
      ...(losses.some(({ prepare }) => prepare) && { prepare: joinPrepared(losses) }),
    },
  );
}

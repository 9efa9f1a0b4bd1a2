import { assertOptions, number, options as optionsOf, positive } from '@segscape/core/schema';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LossFn } from '../loss.js';

/** The weight of a term while training goes on. */
export interface WeightSchedule {
  /**
   * The weight at an epoch.
   * @param epoch counted from 0; parts of epochs count too.
   * @returns what the value of the term is multiplied by.
   */
  at(epoch: number): number;
  /** Weight where no epoch is told, in evaluation and landscapes: that of the end. */
  readonly last: number;
  /** The schedule as data, for configs. */
  readonly config?: Readonly<Record<string, number>>;
}

export interface RampUpOptions {
  /** Weight until the rise begins. Default 0. */
  readonly from?: number;
  /** Weight from its end on. Default 1. */
  readonly to?: number;
  /** Epoch at which the rise begins. Default 0. */
  readonly start?: number;
  /** Length of the rise, epochs. */
  readonly epochs: number;
}

export const rampUpSchema = optionsOf<RampUpOptions>(
  {
    from: number('Weight until the rise begins.', { default: 0 }),
    to: number('Weight from its end on.', { default: 1 }),
    start: number('When the rise begins.', { default: 0, minimum: 0, unit: 'epochs' }),
    epochs: number('Length of the rise.', { ...positive, unit: 'epochs' }),
  },
  ['epochs'],
);

/**
 * A weight that goes from one number to another in a straight line, as the boundary loss's does (Kervadec et al., 2019).
 *
 *     weightedSum([[dice(), 1], [boundary(), rampUp({ from: 0.01, to: 1, epochs: 100 })]]);
 *
 * @param options values at both ends, and the epochs between them.
 * @returns the weight in each epoch, for `weightedSum`.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function rampUp(options: RampUpOptions): WeightSchedule {
  assertOptions('rampUp', options, rampUpSchema);
  const { from = 0, to = 1, start = 0, epochs } = options;
  return {
    at: (epoch) => from + (to - from) * Math.min(1, Math.max(0, (epoch - start) / epochs)),
    last: to,
    config: { from, to, start, epochs },
  };
}

type Weight = number | WeightSchedule;
export type Prepared = Readonly<Record<string, Tensor>>;

const ownName = (term: number) => `weight.${term}`;
/** The name of something that is a term's alone. */
export const partName = (term: number, name: string) => `term.${term}.${name}`;

/** Present weight of a term: what is given with the labels, or that of the end. */
export const presentWeight = (weight: Weight, term: number, prepared: Prepared): number | Tensor =>
  typeof weight === 'number' ? weight : (prepared[ownName(term)] ?? weight.last);

/** Weights of all terms that change, by name; undefined when none does. */
export function weightsOf(terms: readonly (readonly [LossFn, Weight])[]): LossFn['weightsAt'] {
  const changes = terms.some(([loss, weight]) => typeof weight !== 'number' || loss.weightsAt);
  if (!changes) return undefined;
  return (epoch) =>
    Object.fromEntries(
      terms.flatMap(([loss, weight], term) => [
        ...(typeof weight === 'number' ? [] : [[ownName(term), weight.at(epoch)] as const]),
        ...Object.entries(loss.weightsAt?.(epoch) ?? {}).map(
          ([name, value]) => [partName(term, name), value] as const,
        ),
      ]),
    );
}

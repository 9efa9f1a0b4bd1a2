import { assertOptions, integer, number, options } from '@segscape/core/schema';
import {
  add,
  cast,
  div,
  floor,
  greaterEqual,
  mul,
  sub,
  sum,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { between, count, halfCosine, rate, remaining, type Schedule } from './schedule.js';

export interface CosineRestartsOptions {
  /** Rate at the start, and after each restart. */
  readonly initial: number;
  /** Steps of the first period. */
  readonly steps: number;
  /** Each period is so many times as long as the one before: a whole number. Default 1. */
  readonly growth?: number;
  /** Rate that each period falls to. Default 0. */
  readonly final?: number;
}

export const cosineRestartsSchema = options<CosineRestartsOptions>(
  {
    initial: rate('Rate at the start, and after each restart.'),
    steps: count('Steps of the first period.', 1),
    growth: integer('How many times as long each period is as the one before.', { default: 1, minimum: 1 }),
    final: number('Rate that each period falls to.', { default: 0, minimum: 0 }),
  },
  ['initial', 'steps'],
);

/** Single precision tells no more steps apart. */
const mostSteps = 2 ** 24;

/** Start and length of the period that a step lies in. */
function periodOf(
  at: Tensor,
  steps: number,
  growth: number,
): { readonly start: Tensor; readonly length: Tensor } {
  if (growth === 1) {
    const start = mul(floor(div(add(at, 0.5), steps)), steps);
    return { start, length: add(mul(start, 0), steps) };
  }
  // By comparing: a logarithm may be off by a period at its very edges.
  const [starts, grown]: [number[], number[]] = [[], []];
  let length = steps;
  for (let start = steps; start < mostSteps; start += length) {
    starts.push(start);
    grown.push(length * (growth - 1));
    length *= growth;
  }
  if (starts.length === 0) return { start: mul(at, 0), length: add(mul(at, 0), steps) };
  const reached = cast(greaterEqual(at, tensor1d(starts)), 'float32');
  const lengths = starts.map((start, i) => start - (starts[i - 1] ?? 0));
  const added = (values: number[]) => sum(mul(reached, tensor1d(values)));
  return { start: added(lengths), length: add(added(grown), steps) };
}

/**
 * Falls along half a cosine again and again, from the first rate each time; PyTorch's `CosineAnnealingWarmRestarts`.
 *
 * @param given both rates, the steps of the first period, and how the periods grow.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Loshchilov and Hutter, SGDR, 2017, https://arxiv.org/abs/1608.03983.
 */
export function cosineRestarts(given: CosineRestartsOptions): Schedule {
  assertOptions('cosineRestarts', given, cosineRestartsSchema);
  const { initial, steps, growth = 1, final = 0 } = given;
  return (at) => {
    const { start, length } = periodOf(at, steps, growth);
    return between(final, initial, halfCosine(remaining(length, sub(at, start), length)));
  };
}

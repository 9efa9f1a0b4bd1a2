import { assertKnown, assertOption, isRecord, type Params, throwIfAborted } from '@segscape/core';
import type { Jitted } from '@segscape/jit';
import { dispose, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { dot, weightLayout } from '../directions/flat-weights.js';
import { firstOf } from '../grids/first-of.js';
import type { Batch } from '../grids/objective.js';
import { type Backward, type BackwardArguments, backwardStep, meanGradient } from './backward.js';
import { type Grouping, maskOf } from './grouping.js';
import { checkedProblem, type ForensicsProblem, type UnplacedProblem } from './problem.js';
import { mapped, type StepArguments, type StepResult, sharesStep } from './shares-step.js';

export interface GradientSharesOptions<B extends Batch> {
  /** How pixels are sorted, by name; each sorting is taken by itself. */
  readonly groupings: Readonly<Record<string, Grouping<B>>>;
  /**
   * The gradient with respect to what: `'logits'` (the default) at one forward pass for all losses; `'weights'` at a training
   * step more for each loss, and for each of its groups.
   */
  readonly of?: 'logits' | 'weights';
}

export interface GroupShare {
  readonly group: string;
  /** Share of all pixels. */
  readonly pixels: number;
  /**
   * Of logits: the group's part of Σ|∂L/∂z| over pixels and channels. Of weights: the projection of the group's gradient
   * on the whole, ⟨g_k, g⟩ / ‖g‖²; negative for a group that pulls against the others. Both sum to 1 over groups that hold
   * all pixels. NaN where the gradient is 0.
   */
  readonly share: number;
  /** Of weights: length of the group's gradient over that of the whole. Of logits the same as `share`. */
  readonly strength: number;
}

/** By loss, then by grouping, in the order of its groups. */
export type GradientShares = Readonly<Record<string, Readonly<Record<string, readonly GroupShare[]>>>>;

/** Sums over batches for one loss. */
interface Sums {
  total: number;
  readonly parts: Record<string, Float64Array>;
}

async function addValues(target: Float64Array, values: Tensor, share: number) {
  const data = await values.data();
  for (let k = 0; k < target.length; k++) target[k]! += share * data[k]!;
}

const where = 'gradientShares';

/** What is compiled once for all weights of a network. */
interface Steps {
  readonly scores: Jitted<StepArguments, StepResult>;
  /** Only when shares are of the weights. */
  readonly backward: Jitted<BackwardArguments, Params>;
}

/** Where the gradients of losses come from at each of several weights of one network, which is compiled once. */
export async function* gradientSharesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
  options: GradientSharesOptions<B>,
): AsyncGenerator<GradientShares, void> {
  assertKnown(where, options, ['groupings', 'of']);
  const { groupings, of = 'logits' } = options;
  assertOption(of === 'logits' || of === 'weights', where, 'of', of, "be 'logits' or 'weights'");
  const sorted = isRecord(groupings) && Object.values(groupings).every(({ groups }) => groups?.length > 0);
  const names = isRecord(groupings) ? Object.keys(groupings) : groupings;
  assertOption(sorted, where, 'groupings', names, 'be a record of groupings, each of at least one group');
  const { compiled } = await import('../grids/compiled.js');
  const steps: Steps = {
    scores: compiled(where, sharesStep(problem, groupings, of === 'weights'), problem.jit),
    backward: compiled(where, backwardStep(problem), problem.jit),
  };
  try {
    for (const params of stations) yield await sharesAt({ ...problem, params }, { groupings, of }, steps);
  } finally {
    await Promise.all([steps.scores.dispose(), steps.backward.dispose()]);
  }
}

/** Where a loss's gradient comes from. */
export async function gradientShares<B extends Batch>(
  { params, ...problem }: ForensicsProblem<B>,
  options: GradientSharesOptions<B>,
): Promise<GradientShares> {
  return firstOf(gradientSharesAlong(problem, [params], options));
}

/** Sums over all batches at some weights. */
async function sharesAt<B extends Batch>(
  problem: ForensicsProblem<B>,
  { groupings, of }: Required<GradientSharesOptions<B>>,
  steps: Steps,
): Promise<GradientShares> {
  const { free, fixed, shares } = checkedProblem(where, problem);
  const zeros = () => mapped(groupings, ({ groups }) => new Float64Array(groups.length));
  const sums = mapped(problem.losses, (): Sums => ({ total: 0, parts: zeros() }));
  const counts = zeros();
  let area = 0;
  const found: StepResult[] = [];
  try {
    for (const [b, batch] of problem.batches.entries()) {
      throwIfAborted(problem.signal, where);
      const result = await steps.scores({ free, fixed, batch: batch as unknown as Tensor });
      found.push(result);
      area += (await result.area.data())[0]!;
      for (const name of Object.keys(groupings)) await addValues(counts[name]!, result.counts[name]!, 1);
      for (const [loss, sum] of Object.entries(sums)) {
        sum.total += shares[b]! * (await result.totals[loss]!.data())[0]!;
        for (const name of Object.keys(groupings))
          await addValues(sum.parts[name]!, result.parts[loss]![name]!, shares[b]!);
      }
    }
    const pixels = (name: string, k: number) => counts[name]![k]! / area;
    if (of === 'logits')
      return mapped(sums, ({ total, parts }) =>
        inGroups(groupings, (name, group, k) => {
          const share = parts[name]![k]! / total;
          return { group, pixels: pixels(name, k), share, strength: share };
        }),
      );
    const layout = weightLayout(free, () => true);
    const { batches, signal } = problem;
    const backward: Backward = { step: steps.backward, free, fixed, batches, shares, layout, signal };
    const all: Record<string, Record<string, GroupShare[]>> = {};
    for (const loss of Object.keys(problem.losses)) {
      const whole = await meanGradient(where, backward, (b) => found[b]!.slopes[loss]!.clone());
      const length = dot(whole, whole);
      const own: Record<string, GroupShare[]> = {};
      for (const [name, { groups }] of Object.entries(groupings)) {
        own[name] = [];
        for (const [k, group] of groups.entries()) {
          const part = await meanGradient(where, backward, (b) => seedOf(found[b]!, loss, name, k));
          const strength = Math.sqrt(dot(part, part) / length);
          own[name].push({ group, pixels: pixels(name, k), share: dot(part, whole) / length, strength });
        }
      }
      all[loss] = own;
    }
    return all;
  } finally {
    dispose(found as unknown as Tensor[]);
  }
}

/** The slopes of a loss where pixels are of a group. */
const seedOf = ({ slopes, numbers }: StepResult, loss: string, name: string, group: number): Tensor =>
  tidy(() => mul(slopes[loss]!, maskOf(numbers[name]!, group)));

const inGroups = <B extends Batch>(
  groupings: Readonly<Record<string, Grouping<B>>>,
  map: (name: string, group: string, k: number) => GroupShare,
): Record<string, GroupShare[]> =>
  Object.fromEntries(
    Object.entries(groupings).map(([name, { groups }]) => [
      name,
      groups.map((group, k) => map(name, group, k)),
    ]),
  );

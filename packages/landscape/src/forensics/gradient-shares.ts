import { assertKnown, assertOption, type Params, throwIfAborted } from '@segscape/core';
import type { Jitted } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { dot, flatWeights, type WeightLayout, weightLayout } from '../directions/flat-weights.js';
import { firstOf } from '../grids/first-of.js';
import type { Batch } from '../grids/objective.js';
import type { Grouping } from './grouping.js';
import { checkedProblem, type ForensicsProblem, type UnplacedProblem } from './problem.js';
import { mapped, type StepArguments, type StepResult, sharesStep } from './shares-step.js';

export interface GradientSharesOptions<B extends Batch> {
  /** How pixels are sorted, by name; each sorting is taken by itself. */
  readonly groupings: Readonly<Record<string, Grouping<B>>>;
  /**
   * The gradient with respect to what: `'logits'` (the default) at one backward pass a loss; `'weights'` at one more for
   * each group.
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
  readonly whole: Float64Array;
  readonly gradients: Record<string, Float64Array[]>;
}

async function addRecord(target: Float64Array, record: Params, layout: WeightLayout, share: number) {
  const flat = await flatWeights(record, layout);
  for (let i = 0; i < target.length; i++) target[i]! += share * flat[i]!;
}

async function addValues(target: Float64Array, values: Tensor, share: number) {
  const data = await values.data();
  for (let k = 0; k < target.length; k++) target[k]! += share * data[k]!;
}

/** Where the gradients of losses come from at each of several weights of one network, which is compiled once. */
export async function* gradientSharesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
  options: GradientSharesOptions<B>,
): AsyncGenerator<GradientShares, void> {
  const where = 'gradientShares';
  assertKnown(where, options, ['groupings', 'of']);
  const { groupings, of = 'logits' } = options;
  assertOption(of === 'logits' || of === 'weights', where, 'of', of, "be 'logits' or 'weights'");
  const { compiled } = await import('../grids/compiled.js');
  const step = compiled(where, sharesStep(problem, groupings, of === 'weights'), problem.jit);
  try {
    for (const params of stations) yield await sharesAt({ ...problem, params }, { groupings, of }, step);
  } finally {
    await step.dispose();
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
  step: Jitted<StepArguments, StepResult>,
): Promise<GradientShares> {
  const where = 'gradientShares';
  const { free, fixed, shares } = checkedProblem(where, problem);
  const layout = weightLayout(free, () => of === 'weights');
  const zeros = () => mapped(groupings, ({ groups }) => new Float64Array(groups.length));
  const sums = mapped(
    problem.losses,
    (): Sums => ({
      total: 0,
      parts: zeros(),
      whole: new Float64Array(layout.length),
      gradients: mapped(groupings, ({ groups }) => groups.map(() => new Float64Array(layout.length))),
    }),
  );
  const counts = zeros();
  let area = 0;
  for (const [b, batch] of problem.batches.entries()) {
    throwIfAborted(problem.signal, where);
    const share = shares[b]!;
    const result = await step({ free, fixed, batch: batch as unknown as Tensor });
    try {
      area += (await result.area.data())[0]!;
      for (const name of Object.keys(groupings)) await addValues(counts[name]!, result.counts[name]!, 1);
      for (const [loss, sum] of Object.entries(sums)) {
        sum.total += share * (await result.totals[loss]!.data())[0]!;
        for (const name of Object.keys(groupings)) {
          await addValues(sum.parts[name]!, result.parts[loss]![name]!, share);
          if (of === 'weights')
            for (const [k, target] of sum.gradients[name]!.entries())
              await addRecord(target, result.gradients[loss]![name]![String(k)]!, layout, share);
        }
        if (of === 'weights') await addRecord(sum.whole, result.whole[loss]!, layout, share);
      }
    } finally {
      dispose(result as unknown as Tensor[]);
    }
  }
  return mapped(sums, (sum) =>
    Object.fromEntries(
      Object.entries(groupings).map(([name, { groups }]) => [
        name,
        groups.map((group, k) => ({ group, pixels: counts[name]![k]! / area, ...shareOf(sum, name, k, of) })),
      ]),
    ),
  );
}

function shareOf(sum: Sums, name: string, k: number, of: 'logits' | 'weights') {
  if (of === 'logits') {
    const share = sum.parts[name]![k]! / sum.total;
    return { share, strength: share };
  }
  const gradient = sum.gradients[name]![k]!;
  const whole = dot(sum.whole, sum.whole);
  return { share: dot(gradient, sum.whole) / whole, strength: Math.sqrt(dot(gradient, gradient) / whole) };
}

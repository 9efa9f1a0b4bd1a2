import { assertOptions, number, options as optionsOf, word } from '@segscape/core/schema';
import { type CountOptions, countClasses, countSchema } from './class-counts.js';
import { type Answer, onGrids, type Values } from './grid.js';
import * as shared from './shared-options.js';

export interface GeneralizedDiceOptions extends CountOptions {
  /** Weight of a class by its true pixels G: `'square'` 1/G² (the default), `'simple'` 1/G, `'uniform'` 1. */
  readonly weightType?: 'square' | 'simple' | 'uniform';
  /** Whether class 0 takes part. Default true. */
  readonly includeBackground?: boolean;
  /** `'sum'` adds numerators and denominators over classes: one number an image (the default). `'none'` keeps the classes apart. */
  readonly reduction?: 'sum' | 'none';
  /**
   * Weight of a class without true pixels, whose 1/G is infinite: `'image'` the largest finite weight of the same image
   * (MONAI, the default); `'batch'` the largest of a class in the batch as torchmetrics takes it, whose list runs through
   * classes before images, so that it is not always the same class.
   */
  readonly absentWeight?: 'image' | 'batch';
  /** Value of 0/0. Default 1 when nothing is predicted either, else 0 (MONAI). */
  readonly zeroDivision?: number;
}

export const generalizedDiceSchema = optionsOf<GeneralizedDiceOptions>({
  ...countSchema.properties,
  weightType: word('Weight of a class by its true pixels.', ['square', 'simple', 'uniform'], {
    default: 'square',
  }),
  includeBackground: shared.includeBackground,
  reduction: word('Over classes.', ['sum', 'none'], { default: 'sum' }),
  absentWeight: word('Where the weight of a class without true pixels is from.', ['image', 'batch'], {
    default: 'image',
  }),
  zeroDivision: number('Value of 0/0; without it 1 when nothing is predicted either, else 0.', {
    nonFinite: true,
  }),
});

/**
 * Generalised Dice score of each image: 2 Σ w·TP / Σ w·(G + P), with true pixels G and predicted pixels P.
 * @param labels class indices `[batch, …spatial]`, or one-hot when `classes` is not given.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns `[batch]`, or `[batch][classes]` for `reduction: 'none'`.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 * @see Sudre et al., 2017. https://arxiv.org/abs/1707.03237
 */
export function generalizedDiceScore<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: GeneralizedDiceOptions = {},
): Answer<V | W, number[] | number[][]> {
  const {
    weightType = 'square',
    includeBackground = true,
    reduction = 'sum',
    absentWeight = 'image',
    zeroDivision,
  } = options;
  assertOptions('generalizedDiceScore', options, generalizedDiceSchema);
  const weigh = { square: (g: number) => 1 / (g * g), simple: (g: number) => 1 / g, uniform: () => 1 }[
    weightType
  ];
  return onGrids('generalizedDiceScore', [labels, predictions], (a, b) => {
    const counts = countClasses('generalizedDiceScore', a, b, options);
    const first = includeBackground ? 0 : 1;
    const rows = Array.from({ length: counts.images }, (_, n) =>
      Array.from({ length: counts.classes - first }, (__, c) => {
        const k = n * counts.classes + first + c;
        const [tp, fp, fn] = [counts.tp[k]!, counts.fp[k]!, counts.fn[k]!];
        return { above: 2 * tp, truth: tp + fn, predicted: tp + fp, weight: weigh(tp + fn) };
      }),
    );
    const largest = (weights: readonly number[]) =>
      weights.reduce((most, weight) => (Number.isFinite(weight) ? Math.max(most, weight) : most), 0);
    const ofClass = (c: number) => largest(rows.map((row) => row[c]!.weight));
    const weightOf = (row: (typeof rows)[number], n: number, c: number) => {
      const { weight } = row[c]!;
      if (Number.isFinite(weight)) return weight;
      if (absentWeight === 'image') return largest(row.map((cell) => cell.weight));
      return ofClass(Math.floor((n * row.length + c) / rows.length));
    };
    const divide = (above: number, below: number, predicted: number) =>
      below === 0 ? (zeroDivision ?? (predicted === 0 ? 1 : 0)) : above / below;
    const scores = rows.map((row, n) => {
      const weighted = row.map((cell, c) => {
        const w = weightOf(row, n, c);
        return { above: w * cell.above, below: w * (cell.truth + cell.predicted), predicted: cell.predicted };
      });
      if (reduction === 'none')
        return weighted.map(({ above, below, predicted }) => divide(above, below, predicted));
      const sum = (key: 'above' | 'below' | 'predicted') =>
        weighted.reduce((all, cell) => all + cell[key], 0);
      return divide(sum('above'), sum('below'), sum('predicted'));
    });
    return scores as number[] | number[][];
  });
}

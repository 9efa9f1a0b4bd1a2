import type { HistoryRow } from '@segscape/runs';
import { lossColours } from '../pictures/colours.js';

/** One line of a figure: a measure of one loss on one split against the epochs, over the seeds. */
export interface Curve {
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  /** `'train'` is drawn dashed, `'validation'` dotted, anything else solid. */
  readonly split: string;
  readonly epochs: readonly number[];
  /** Mean over the seeds. */
  readonly mean: readonly number[];
  /** Lowest and highest seed; absent with one seed. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

export interface CurvesOptions {
  /** Labels in the order of their colours. Default: as they appear. */
  readonly losses?: readonly string[];
  /** Longer curves are thinned to about so many epochs. Default 400. */
  readonly maxPoints?: number;
}

/** The colour of a loss: the same in every figure of a report. */
export const colourOf = (losses: readonly string[], label: string): string =>
  lossColours[Math.max(0, losses.indexOf(label)) % lossColours.length]!;

/**
 * Every measure of a history as curves.
 * @param history rows of a run's history; those of single steps are left out.
 * @param options labels in the order of their colours, and how many points a curve may have.
 * @returns by measure, in the order of the history.
 */
export function curvesByMeasure(
  history: readonly HistoryRow[],
  { losses = [], maxPoints = 400 }: CurvesOptions = {},
): Map<string, Curve[]> {
  const groups = new Map<string, Map<string, Map<number, number[]>>>();
  const labels = [...losses];
  for (const { loss, split, measure, epoch, value } of history) {
    if (split === 'steps') continue;
    if (!labels.includes(loss)) labels.push(loss);
    const lines = entryOf(groups, measure, () => new Map<string, Map<number, number[]>>());
    const line = entryOf(lines, JSON.stringify([loss, split]), () => new Map<number, number[]>());
    entryOf(line, epoch, () => []).push(value);
  }
  const order = (curve: Curve) => labels.indexOf(curve.label) * 2 + Number(curve.split === 'train');
  return new Map(
    [...groups].map(([measure, lines]) => [
      measure,
      [...lines]
        .map(([key, line]) => curveOf(JSON.parse(key) as [string, string], line, labels, maxPoints))
        .sort((a, b) => order(a) - order(b)),
    ]),
  );
}

/**
 * The curves of one measure.
 * @param history rows of a run's history.
 * @param measure its name, `'iou.disc'`.
 * @param options as `curvesByMeasure`.
 * @returns empty where nothing of that name was recorded.
 */
export const curvesOf = (
  history: readonly HistoryRow[],
  measure: string,
  options: CurvesOptions = {},
): Curve[] => curvesByMeasure(history, options).get(measure) ?? [];

function curveOf(
  [label, split]: [string, string],
  line: ReadonlyMap<number, readonly number[]>,
  labels: readonly string[],
  maxPoints: number,
): Curve {
  const all = [...line.keys()].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(all.length / maxPoints));
  const epochs = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const at = epochs.map((epoch) => line.get(epoch)!.filter((value) => Number.isFinite(value)));
  const curve = {
    label,
    split,
    colour: colourOf(labels, label),
    epochs,
    mean: at.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  };
  if (at.every((values) => values.length < 2)) return curve;
  return {
    ...curve,
    low: at.map((values) => (values.length === 0 ? Number.NaN : Math.min(...values))),
    high: at.map((values) => (values.length === 0 ? Number.NaN : Math.max(...values))),
  };
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

import type { IntervalFact, ReportFacts, ScoreFact } from '../facts.js';
import { shortNumber } from '../figures/scale.js';

/** A score of an image; NaN where it has none of that name. */
const scoreOf = (image: ScoreFact['images'][number], measure: string): number => {
  const value = Object.hasOwn(image, measure) ? image[measure] : undefined;
  return typeof value === 'number' ? value : Number.NaN;
};

const isFiniteNumber = (value: number) => Number.isFinite(value);

/** The scores of one network, an image each. */
export const scoresOf = ({ images }: ScoreFact, measure: string): number[] =>
  images.map((image) => scoreOf(image, measure));

/** One number per test image for a loss: its mean over the seeds, NaN where no seed has one. */
export function perImage({ scores }: ReportFacts, loss: string, measure: string): number[] {
  const byImage = new Map<string, number[]>();
  for (const entry of scores)
    if (entry.loss === loss)
      for (const image of entry.images)
        byImage.set(image.id, [...(byImage.get(image.id) ?? []), scoreOf(image, measure)]);
  return [...byImage.values()].map((values) => mean(values.filter(isFiniteNumber)));
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;

/** All measures that the final scores have, in their order. */
export function measuresOf({ scores }: ReportFacts): string[] {
  return [...new Set(scores.flatMap(({ images }) => images.flatMap((image) => Object.keys(image))))].filter(
    (name) => name !== 'id',
  );
}

/** Whether any loss has a mean of it. */
export const isMeasured = (facts: ReportFacts, measure: string): boolean =>
  facts.losses.some((loss) => Number.isFinite(intervalOf(facts, loss, measure).mean));

/** Mean and interval of a loss: as the study computed it, else mean ± 1.96 standard errors over the images. */
export function intervalOf(facts: ReportFacts, loss: string, measure: string): IntervalFact {
  const given = facts.intervals?.find((entry) => entry.loss === loss && entry.measure === measure);
  if (given !== undefined) return given;
  const values = perImage(facts, loss, measure).filter(isFiniteNumber);
  const centre = mean(values);
  const spread = Math.sqrt(
    values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1),
  );
  const half = (1.96 * spread) / Math.sqrt(values.length);
  return { loss, measure, mean: centre, low: centre - half, high: centre + half };
}

const names: ReadonlyMap<string, string> = new Map([
  ['loss', 'Loss'],
  ['pixelAccuracy', 'Pixel accuracy'],
  ['iou', 'IoU'],
  ['dice', 'Dice'],
  ['confidence', 'Confidence'],
  ['precision', 'Precision'],
  ['recall', 'Recall'],
  ['specificity', 'Specificity'],
  ['areaRatio', 'Area ratio'],
  ['surfaceDistance', 'Surface distance'],
  ['surfaceDice', 'Surface Dice'],
  ['boundaryIou', 'Boundary IoU'],
  ['objects', 'F1 of objects'],
  ['panopticQuality', 'Panoptic quality'],
  ['clDice', 'clDice'],
  ['fBeta', 'F-beta score'],
  ['cohenKappa', 'Cohen’s kappa'],
  ['generalizedDice', 'Generalised Dice'],
  ['calibrationError', 'Calibration error'],
]);

/** `falsePositiveRate` as `False positive rate`; a single word as it is. */
const inWords = (name: string): string =>
  /^[a-z]+[A-Z]/.test(name)
    ? name
        .replace(/^./, (first) => first.toUpperCase())
        .replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : name;

/** How a measure is called in a table or a figure. */
export function measureTitle(measure: string): string {
  const dot = measure.indexOf('.');
  const kind = dot < 0 ? measure : measure.slice(0, dot);
  const of = dot < 0 ? '' : measure.slice(dot + 1);
  const name = names.get(kind) ?? inWords(kind.replace(/^hausdorff(\d+)$/, 'HD$1'));
  if (of === '') return name;
  if (kind === 'mean') return `${names.get(of) ?? of}, mean of classes`;
  return of === 'mean' ? `${name}, mean of classes` : `${name}, ${of}`;
}

/** Measures of which less is better. */
const less =
  /^(loss|hausdorff\d+|surfaceDistance|calibrationError|brierScore|false(Positive|Negative)Rate|false(Discovery|Omission)Rate|negativeLikelihoodRatio)\b/;

/** How far a value is from the best there is; undefined when a measure has no better and worse. */
export function shortfall(measure: string, value: number): number {
  if (measure.startsWith('areaRatio')) return Math.abs(value - 1);
  return less.test(measure) ? value : -value;
}

/** A share with three decimals, as tables show it. */
export const shareText = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) < 10 ? value.toFixed(3) : shortNumber(value)) : '–';

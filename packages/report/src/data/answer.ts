import type { ComparisonFact, ReportFacts } from '../facts.js';
import { intervalOf, measureTitle, numberOf, perImage, shareText } from './scores.js';

/** The answer of the study in a sentence, and what stands behind it. */
export interface Answer {
  /** Loss with the highest mean; undefined when nothing could be measured. */
  readonly best?: string;
  readonly headline: string;
  readonly detail: string;
}

const level = 0.05;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** Which loss is best by the test IoU of the foreground, and whether the tests bear it out. */
export function answerOf(facts: ReportFacts): Answer {
  const { foreground, losses } = facts;
  const measure = `iou.${foreground}`;
  const ranked = losses
    .map((loss) => intervalOf(facts, loss, measure))
    .filter(({ mean }) => Number.isFinite(mean))
    .sort((a, b) => b.mean - a.mean);
  const first = ranked[0];
  if (first === undefined)
    return {
      headline: `The IoU of ${foreground} could not be measured.`,
      detail: 'No test image has a finite score.',
    };
  const images = perImage(facts, first.loss, measure).length;
  const interval = Number.isFinite(first.low)
    ? ` (95 % interval ${shareText(first.low)} to ${shareText(first.high)})`
    : '';
  const score = `test ${measureTitle('iou')} of ${foreground} ${shareText(first.mean)}${interval}`;
  if (losses.length < 2)
    return { best: first.loss, headline: `${first.loss}: ${score}.`, detail: imagesText(images) };
  const pairs = (facts.comparisons ?? []).filter((test) => test.measure === measure);
  if (pairs.length > 0 && !pairs.some(isProven)) {
    const weak = tooFew(pairs) ? 'So few images could not have shown one. ' : '';
    return {
      best: first.loss,
      headline: `No significant difference between the losses; ${first.loss} has the highest ${score}.`,
      detail: weak + imagesText(images),
    };
  }
  const own = pairs.filter(({ a, b }) => a === first.loss || b === first.loss);
  return {
    best: first.loss,
    headline: `${first.loss} did best: ${score}.`,
    detail: `${verdict(first.loss, own)} ${imagesText(images)}`,
  };
}

const imagesText = (images: number) => `Measured on ${images} test image${images === 1 ? '' : 's'}.`;

const isProven = ({ pHolm }: ComparisonFact) => numberOf(pHolm) < level;

/** Even if every image agreed, the exact test of so few could not pass Holm's first step. */
const tooFew = (tests: readonly ComparisonFact[]) =>
  tests.every(({ n }) => 2 ** (1 - n) * tests.length >= level);

function verdict(best: string, tests: readonly ComparisonFact[]): string {
  if (tests.length === 0) return 'The losses were not compared by tests.';
  const names = (some: readonly ComparisonFact[]) => listed(some.map(({ a, b }) => (a === best ? b : a)));
  const proven = tests.filter(isProven);
  const open = tests.filter((test) => !isProven(test));
  const none = open.length === 0 ? '' : `No significant difference to ${names(open)}.`;
  if (proven.length === 0) return none;
  const largest = Math.max(...proven.map(({ pHolm }) => pHolm));
  const bound = largest < 0.001 ? '< 0.001' : `≤ ${Number(largest.toPrecision(2))}`;
  return `Significantly better than ${names(proven)} (Holm-corrected p ${bound}). ${none}`.trim();
}

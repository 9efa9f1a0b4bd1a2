import { countOf } from '@segscape/core';
import type { ComparisonFact, DivergenceFact, ReportFacts, SelectionFact } from '../facts.js';
import { intervalOf, mean, measureTitle, perImage, scoresOf, shareText } from './scores.js';
import { isUntestable, knownPower } from './testable.js';

/** The answer of the study in a sentence, and what stands behind it. */
export interface Answer {
  /** Loss whose networks have the highest mean; undefined when nothing could be measured. */
  readonly best?: string;
  readonly headline: string;
  readonly detail: string;
}

const level = 0.05;

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

/** Losses that were scored, with how many seeds. */
function seedsOf({ scores }: ReportFacts): Map<string, number> {
  const seeds = new Map<string, Set<number>>();
  for (const { loss, seed } of scores) seeds.set(loss, (seeds.get(loss) ?? new Set()).add(seed));
  return new Map([...seeds].map(([loss, own]) => [loss, own.size]));
}

/** Masks that others made are compared, not networks that were trained. */
export const isOfMasks = ({ subject }: ReportFacts): boolean => subject === 'masks';

/** Whether every loss that was scored was so with more than one seed: only then may words speak of losses. */
export const hasSeeds = (facts: ReportFacts): boolean =>
  Math.min(...seedsOf(facts).values()) > 1 && facts.scores.length > 0;

/**
 * What did best by the test IoU of the foreground, and whether the tests bear it out. The words claim no more than the design
 * allows: with one seed they speak of these trained networks, with several of the losses over these seeds.
 */
export function answerOf(facts: ReportFacts): Answer {
  const { foreground, losses, comparisons = [] } = facts;
  const measure = `iou.${foreground}`;
  const ranked = losses
    .map((loss) => intervalOf(facts, loss, measure))
    .filter((entry) => Number.isFinite(entry.mean))
    .sort((a, b) => b.mean - a.mean);
  const first = ranked[0];
  const sentences = (...parts: readonly string[]) => parts.filter((part) => part !== '').join(' ');
  const lost = divergedText(facts);
  if (facts.unfinished === 'training')
    return {
      headline: 'Not finished: networks are being trained.',
      detail: sentences(
        'Scores, tests and surfaces follow when all of them are trained; the curves show how far they are.',
        lost,
      ),
    };
  if (first === undefined)
    return {
      headline: `The IoU of ${foreground} could not be measured.`,
      detail: sentences(unmeasuredText(facts), lost),
    };
  // Methods and losses go by their names; a single training must not speak for its loss.
  const several = hasSeeds(facts) || isOfMasks(facts);
  const compared = isOfMasks(facts) ? 'masks' : 'losses';
  const network = several ? first.loss : `The network trained with ${first.loss}`;
  const interval = Number.isFinite(first.low)
    ? ` (95 % interval ${shareText(first.low)} to ${shareText(first.high)})`
    : '';
  const score = `test ${measureTitle('iou')} of ${foreground} ${shareText(first.mean)}${interval}`;
  const evidence = sentences(
    facts.unfinished === undefined ? '' : 'Not finished: surfaces and maps are being drawn.',
    imagesText(perImage(facts, first.loss, measure).length, facts),
    seedsText(facts, first.loss, measure, ranked.length),
    lost,
    facts.selection === undefined ? '' : `Scored: ${selectionText(facts.selection)}.`,
  );
  if (ranked.length < 2) return { best: first.loss, headline: `${network}: ${score}.`, detail: evidence };
  if (isUntestable(facts))
    return {
      best: first.loss,
      headline: `${singleText(facts)} cannot tell the ${several ? compared : 'networks'} apart; ${several ? first.loss : `the one trained with ${first.loss}`} has the highest ${score}.`,
      detail: evidence,
    };
  const pairs = comparisons.filter((test) => test.measure === measure);
  if (pairs.length > 0 && !pairs.some(isProven))
    return {
      best: first.loss,
      headline: several
        ? `No significant difference between the ${compared}; ${first.loss} has the highest ${score}.`
        : `No significant difference between the networks; the one trained with ${first.loss} has the highest ${score}.`,
      detail: sentences(
        tooFew(pairs) ? 'So few images could not have shown one.' : '',
        powerText(facts),
        evidence,
      ),
    };
  const own = pairs.filter(({ a, b }) => a === first.loss || b === first.loss);
  return {
    best: first.loss,
    headline: `${network} did best: ${score}.`,
    detail: sentences(verdict(first.loss, own, several, compared), evidence),
  };
}

/** What would settle the leader, if the difference is the one that was seen. */
function powerText(facts: ReportFacts): string {
  const power = knownPower(facts);
  if (power === undefined) return '';
  const enough = power.bySeeds.find((point) => point.power >= 0.8);
  const { a, b, groups } = power;
  if (enough !== undefined && enough.seeds > power.seeds)
    return `If the difference between ${a} and ${b} is the one seen, ${enough.seeds} seeds would settle it (power 80 %).`;
  const more = power.byGroups.find((point) => point.power >= 0.8);
  if (more !== undefined && more.groups > groups)
    return `If the difference between ${a} and ${b} is the one seen, about ${more.groups} test patients would settle it (power 80 %).`;
  return enough === undefined
    ? `A difference between ${a} and ${b} as small as the one seen would not be settled by 20 seeds.`
    : '';
}

/** Why the IoU of the foreground is known of no image. */
function unmeasuredText({ foreground, scores }: ReportFacts): string {
  const images = scores[0]?.images.length ?? 0;
  return images === 0
    ? 'No image was scored.'
    : `Of ${images === 1 ? 'the test image' : `each of the ${images} test images`} it is undefined with some seed: neither the truth nor the prediction has any ${foreground} there.`;
}

/** What alone was tested on. */
const singleText = ({ groups }: ReportFacts): string =>
  groups === undefined ? 'One test image' : 'One test patient';

/** Which weights were scored, in words. */
export function selectionText({ select, measure }: SelectionFact): string {
  if (select === 'best')
    return measure === undefined
      ? 'the best epoch by the validation images'
      : `the best epoch by validation ${measureTitle(measure)}`;
  return select === 'ema' ? 'the running average of the weights, last epoch' : 'the last epoch';
}

function imagesText(images: number, { groups }: ReportFacts): string {
  const patients = groups && new Set(Object.values(groups)).size;
  const of =
    patients === undefined
      ? ''
      : ` of ${countOf(patients, 'patient')}, who count${patients === 1 ? 's once' : ' once each'}`;
  return `Measured on ${countOf(images, 'test image')}${of}.`;
}

/** How far the seeds bear out the leader, or that there is only one. */
function seedsText(facts: ReportFacts, best: string, measure: string, compared: number): string {
  if (compared < 2) return '';
  if (isOfMasks(facts)) return 'This compares the masks of these images, whoever made them and however.';
  if (!hasSeeds(facts)) {
    const counts = [...seedsOf(facts)];
    const single = counts.filter(([, seeds]) => seeds === 1).map(([loss]) => loss);
    const who = single.length === counts.length ? 'One seed' : `One seed of ${listed(single)}`;
    return `${who}: this compares these networks, not the losses; another seed may order them otherwise.`;
  }
  const seeds = [...new Set(facts.scores.map(({ seed }) => seed))];
  const wins = seeds.filter((seed) => {
    const means = facts.scores
      .filter((entry) => entry.seed === seed)
      .map((entry) => ({ loss: entry.loss, mean: mean(scoresOf(entry, measure).filter(Number.isFinite)) }))
      .filter((entry) => Number.isFinite(entry.mean));
    const top = Math.max(...means.map((entry) => entry.mean));
    return means.some((entry) => entry.loss === best && entry.mean === top);
  });
  const counted = isUntestable(facts)
    ? 'nothing is known of other patients'
    : isCrossed(facts)
      ? 'intervals and tests allow for other seeds and other patients'
      : 'intervals and tests count the images, not the seeds';
  return `${best} was first with ${wins.length} of ${seeds.length} seeds; ${counted}.`;
}

/** Losses that lost trainings: a mean must not hide them. */
function divergedText({ diverged = [], scores }: ReportFacts): string {
  const losses = [...new Set(diverged.map(({ loss }) => loss))];
  const scored = (loss: string) => scores.some((entry) => entry.loss === loss);
  const of = (loss: string) => diverged.filter((entry) => entry.loss === loss);
  const gone = losses.filter((loss) => !scored(loss));
  const partly = losses.filter(scored).map((loss) => `${loss} diverged with ${seedList(of(loss))}`);
  return [
    ...(gone.length === 0
      ? []
      : [`${listed(gone)} diverged and ${gone.length === 1 ? 'has' : 'have'} no score.`]),
    ...(partly.length === 0 ? [] : [`${listed(partly)}; its scores are of the other seeds.`]),
  ].join(' ');
}

const seedList = (entries: readonly DivergenceFact[]) =>
  `seed${entries.length === 1 ? '' : 's'} ${listed(entries.map(({ seed }) => String(seed)))}`;

/** Whether seeds and patients were both taken as drawn from many. */
export const isCrossed = ({ comparisons = [] }: ReportFacts): boolean =>
  comparisons.length > 0 && comparisons.every(({ method }) => method === 'crossed');

const isProven = ({ pHolm }: ComparisonFact) => pHolm < level;

/** Even if every image agreed, the exact test of so few could not pass Holm's first step. */
const tooFew = (tests: readonly ComparisonFact[]) =>
  tests.every(({ n, method }) => method !== 'crossed' && 2 ** (1 - n) * tests.length >= level);

function verdict(best: string, tests: readonly ComparisonFact[], several: boolean, compared: string): string {
  if (tests.length === 0) return `The ${several ? compared : 'networks'} were not compared by tests.`;
  const names = (some: readonly ComparisonFact[]) => {
    const others = listed(some.map(({ a, b }) => (a === best ? b : a)));
    return several ? others : `the network${some.length === 1 ? '' : 's'} trained with ${others}`;
  };
  const proven = tests.filter(isProven);
  const open = tests.filter((test) => !isProven(test));
  const none = open.length === 0 ? '' : `No significant difference to ${names(open)}.`;
  if (proven.length === 0) return none;
  const largest = Math.max(...proven.map(({ pHolm }) => pHolm));
  const bound = largest < 0.001 ? '< 0.001' : `≤ ${Number(largest.toPrecision(2))}`;
  const better = proven.filter(({ a, difference }) => (a === best ? difference : -difference) >= 0);
  const worse = proven.filter((test) => !better.includes(test));
  const parts = [
    better.length === 0 ? '' : `Significantly better than ${names(better)} (Holm-corrected p ${bound}).`,
    // The mean and the signed ranks of images may point opposite ways.
    worse.length === 0 ? '' : `Image by image ${names(worse)} did significantly better, against the means.`,
    none,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import type { DecisionFact, LookFact } from '../decision-facts.js';
import type {
  ComparisonFact,
  DivergenceFact,
  EnvironmentFact,
  IntervalFact,
  MaterialFact,
  NetworkFact,
  PowerFact,
  PowerPoint,
  ProfileFact,
  ReportFacts,
  ScoreFact,
  SelectionFact,
  SurfaceFact,
  ThresholdFact,
  VarianceFact,
} from '../facts.js';
import type { LearningRatesFact, LossRateFact, TriedRateFact } from '../learning-rate-facts.js';
import { disputes, shownCase } from './dispute-fields.js';
import { evidence } from './evidence-fields.js';
import { experiment } from './experiment-fields.js';
import {
  anyObject,
  count,
  dictionary,
  type Field,
  flag,
  list,
  measured,
  oneOf,
  optional,
  record,
  text,
  whole,
} from './fields.js';
import { folds } from './fold-fields.js';
import { barrier, calibration, forensics, map, surfaceNumbers } from './landscape-fields.js';
import { picture } from './picture-fields.js';

const factsPath = 'report.json';

const surface = record<SurfaceFact>({ name: text, loss: text, seed: whole, epoch: count, moment: text });

const scoredImage: Field<ScoreFact['images'][number]> = (value, path) => {
  const { id, ...scores } = anyObject(value, path);
  return { ...dictionary(measured)(scores, path), id: text(id, `${path}.id`) };
};

const threshold = record<ThresholdFact>({ value: measured, dice: measured, diceAtHalf: measured });

const look = record<LookFact>({
  seeds: list(whole),
  leader: text,
  p: measured,
  alpha: measured,
  settled: flag,
});

const comparison = record<ComparisonFact>({
  measure: text,
  a: text,
  b: text,
  difference: measured,
  p: measured,
  pHolm: measured,
  effect: measured,
  n: count,
  low: optional(measured),
  high: optional(measured),
  seeds: optional(count),
  method: optional(oneOf('permutation', 'crossed')),
});

const variance = record<VarianceFact>({ group: measured, seed: measured, rest: measured });

const powerPoints = list(record<PowerPoint>({ seeds: count, groups: count, power: measured }));

const power = record<PowerFact>({
  measure: text,
  a: text,
  b: text,
  difference: measured,
  variance,
  seeds: count,
  groups: count,
  bySeeds: powerPoints,
  byGroups: powerPoints,
});

const interval = record<IntervalFact>({
  loss: text,
  measure: text,
  mean: measured,
  low: measured,
  high: measured,
  variance: optional(variance),
});

const divergence = record<DivergenceFact>({
  loss: text,
  seed: whole,
  fold: optional(count),
  epoch: count,
  step: count,
  message: text,
});

const selection = record<SelectionFact>({
  select: oneOf('best', 'last', 'ema'),
  measure: optional(text),
  values: optional(dictionary(measured)),
  epochs: list(
    record<SelectionFact['epochs'][number]>({
      loss: text,
      seed: whole,
      fold: optional(count),
      epoch: count,
    }),
  ),
});

const material = record<MaterialFact>({
  dataset: anyObject,
  contentHash: optional(text),
  classes: list(text),
  overlapping: optional(flag),
  train: count,
  validation: optional(count),
  setAside: optional(flag),
  leftOut: optional(count),
  test: count,
  folds: optional(list(record({ train: count, validation: count, test: count }))),
  shares: list(measured),
  sizes: record<MaterialFact['sizes']>({ smallest: list(count), largest: list(count) }),
  channels: count,
  parameters: count,
  networks: optional(list(record<NetworkFact>({ label: text, parameters: count }))),
});

const profile = record<ProfileFact>({
  loss: text,
  p: list(measured),
  values: list(measured),
  slopes: list(measured),
});

const environment = record<EnvironmentFact>({
  started: text,
  backend: text,
  precision: optional(text),
  executor: text,
  platform: text,
  versions: optional(dictionary(text)),
  code: optional(text),
});

const learningRates = record<LearningRatesFact>({
  measure: text,
  losses: list(
    record<LossRateFact>({
      loss: text,
      rate: measured,
      tried: optional(list(record<TriedRateFact>({ rate: measured, epochs: count, value: measured }))),
    }),
  ),
});

const reportFacts = record<ReportFacts>({
  subject: optional(oneOf('networks', 'masks')),
  title: text,
  losses: list(text),
  seeds: list(whole),
  classes: list(text),
  foreground: text,
  material,
  environment: list(environment),
  pictures: list(picture),
  surfaces: list(surface),
  scores: list(
    record<ScoreFact>({
      loss: text,
      seed: whole,
      epoch: optional(count),
      trained: optional(count),
      threshold: optional(threshold),
      images: list(scoredImage),
    }),
  ),
  folds: optional(folds),
  comparisons: optional(list(comparison)),
  intervals: optional(list(interval)),
  power: optional(power),
  groups: optional(dictionary(text)),
  diverged: optional(list(divergence)),
  selection: optional(selection),
  maps: optional(list(map)),
  barriers: optional(list(barrier)),
  surfaceNumbers: optional(list(surfaceNumbers)),
  forensics: optional(list(forensics)),
  weightShares: optional(list(forensics)),
  profiles: optional(list(profile)),
  ...evidence,
  calibration: optional(list(calibration)),
  learningRates: optional(learningRates),
  disputes: optional(disputes),
  cases: optional(list(shownCase)),
  experiment: optional(experiment),
  decision: optional(record<DecisionFact>({ looks: optional(list(look)), sentence: optional(text) })),
  unfinished: optional(oneOf('training', 'surfaces')),
  minutes: measured,
});

/**
 * Reads `report.json` of a run folder, field by field: what is not of its type is refused, what is unknown left out, null
 * becomes NaN where a number may be none.
 * @throws {SegscapeError} `NOT_FOUND` when there is none, `CORRUPT_FILE` naming the field when it is not what a study
 *   writes.
 */
export async function readFacts(storage: Storage): Promise<ReportFacts> {
  let json: string;
  try {
    json = new TextDecoder().decode(await storage.read(factsPath));
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `reportHtml: there is no ${factsPath} here. Only a finished study has a report; resume the run first.`,
      { cause },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new SegscapeError('CORRUPT_FILE', `${factsPath}: not JSON. Resume the study to write it again.`, {
      cause,
    });
  }
  return reportFacts(value, '');
}

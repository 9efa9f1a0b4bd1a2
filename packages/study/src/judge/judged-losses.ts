import { ignoreLabel, SegscapeError } from '@segscape/core';
import type { LossFn } from '@segscape/losses';
import { parseStudyConfig } from '../config/parse.js';
import type { StudyInput } from '../config/schema.js';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { type NamedLoss, namedLosses } from '../named-losses.js';
import { usualLosses } from './loss-maps.js';

/** A loss with what it is called. */
export type JudgedLoss = Pick<NamedLoss, 'label' | 'loss'>;

/** A loss as a config names it: `'dice'`, `{ kind: 'focal', gamma: 2 }`. */
type LossByName = NonNullable<StudyInput['losses']>[number];

const isMade = (given: JudgedLoss | LossByName): given is JudgedLoss =>
  typeof given === 'object' && typeof (given as { loss?: LossFn }).loss === 'function';

/** Nobody trains here, so there are no training images to weigh classes by. */
function noWeights(scheme: string): never {
  throw new SegscapeError(
    'BAD_OPTION',
    `judge: class weights '${scheme}' are those of training images, and nothing is trained here. Give them in numbers.`,
    { details: { option: 'losses', value: scheme } },
  );
}

/**
 * What masks and weights are seen by.
 * @throws {SegscapeError} `BAD_CONFIG` for a loss or an option that there is not; `BAD_OPTION` for weights by a word.
 */
export function judgedLosses(
  given: readonly (JudgedLoss | LossByName)[] | undefined,
  registry: StudyRegistry = studyRegistry,
): readonly JudgedLoss[] {
  if (given === undefined) return usualLosses;
  const byName = given.filter((loss): loss is LossByName => !isMade(loss));
  const made = given.filter(isMade);
  if (byName.length === 0) return made;
  const { losses } = parseStudyConfig({ losses: byName }, registry);
  return [...made, ...namedLosses({ losses }, registry, ignoreLabel, noWeights)];
}

import { SegscapeError, unknownName } from '@segscape/core';
import type { SelectOptions } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { Setup } from '../setup.js';

/** Which weights of a training are scored, predicted with and exported. */
export type Selection = 'best' | 'last' | 'ema';

/** `'best'` wherever there are validation images to choose by. */
export const selectionOf = (
  { training }: StudyConfig,
  { validation }: Pick<Setup, 'validation'>,
): Selection => training.select ?? (validation.length > 0 ? 'best' : 'last');

type Looked = Pick<Setup, 'foreground' | 'validated'>;

/**
 * Whether validation images can choose epochs. Where no mask has what is looked for, its overlap is 0 or nothing at every epoch, and
 * anything else would choose the epoch that finds least.
 */
export const canChoose = ({ training }: StudyConfig, { foreground, validated }: Looked): boolean =>
  training.selectBy !== undefined || validated.includes(foreground);

/** The validation measure that chooses epochs, and the loss that `predict` takes; the loss where nothing can. */
export const selectionMeasure = ({ training }: StudyConfig, { foreground, validated }: Looked): string =>
  training.selectBy ?? (validated.includes(foreground) ? `iou.${foreground}` : 'loss');

/** Whether a measure of networks that were trained with several losses says which is better: each loss has a scale of its own. */
export const ranksLosses = (measure: string): boolean => measure.split('.')[0] !== 'loss';

/** What a user should know of the measure that chooses: that it is another than usual, or tells no epochs apart. */
export function* selectionNotices(config: StudyConfig, { folds }: Pick<Setup, 'folds'>): Generator<string> {
  const { selectBy, patience, learningRate } = config.training;
  for (const fold of folds) {
    const { classes, foreground, validated } = fold;
    const looked =
      selectBy === undefined ? foreground : classes.find((name) => selectBy.endsWith(`.${name}`));
    const chooses = selectionOf(config, fold) === 'best' || patience !== undefined;
    const searches = typeof learningRate === 'object';
    if (fold.validation.length === 0 || !(chooses || searches)) continue;
    if (looked === undefined || validated.includes(looked)) continue;
    const lack = `No validation image${folds.length > 1 ? ` of fold ${fold.fold + 1}` : ''} has '${looked}'`;
    yield selectBy === undefined
      ? `${lack}, so they choose no epoch, and the last one is scored${searches ? '; learning rates are chosen by the validation loss' : patience === undefined ? '' : '; trainings end early by the validation loss'}. Give a data.split whose validation part has some.`
      : `${lack}, and training.selectBy (=${selectBy}) tells no epochs apart. Choose by another measure, or give a data.split whose validation part has some.`;
  }
}

/**
 * Checks what a config chooses by, before anything is trained.
 * @param measures that epochs are scored by beside their losses.
 * @throws {SegscapeError} `BAD_CONFIG`.
 */
export function assertSelectBy({ training: { selectBy } }: StudyConfig, measures: readonly string[]): void {
  if (selectBy === undefined || /^loss(\.|$)/.test(selectBy) || measures.includes(selectBy)) return;
  const known = ['loss', ...measures];
  const { nearest, question } = unknownName(selectBy, known);
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: training.selectBy (='${selectBy}') is no measure of the validation images. ${question}They are ${known.join(', ')}.`,
    { details: { option: 'selectBy', value: selectBy, nearest } },
  );
}

/** What `fit` is asked to choose by; undefined where nothing depends on it. */
export function selectOptions(config: StudyConfig, setup: Setup): SelectOptions | undefined {
  const { patience } = config.training;
  const chooses = selectionOf(config, setup) === 'best' && canChoose(config, setup);
  const wanted = chooses || patience !== undefined;
  if (setup.validation.length === 0 || !wanted) return undefined;
  return { measure: selectionMeasure(config, setup), ...(patience !== undefined && { patience }) };
}

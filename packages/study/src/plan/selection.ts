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

/** The validation measure that chooses epochs, and the loss that `predict` takes. */
export const selectionMeasure = (
  { training }: StudyConfig,
  { foreground }: Pick<Setup, 'foreground'>,
): string => training.selectBy ?? `iou.${foreground}`;

/** What `fit` is asked to choose by; undefined where nothing depends on it. */
export function selectOptions(config: StudyConfig, setup: Setup): SelectOptions | undefined {
  const { patience } = config.training;
  const wanted = selectionOf(config, setup) === 'best' || patience !== undefined;
  if (setup.validation.length === 0 || !wanted) return undefined;
  return { measure: selectionMeasure(config, setup), ...(patience !== undefined && { patience }) };
}

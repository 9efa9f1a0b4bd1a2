import type { SelectOptions } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { Material } from '../material.js';

/** Which weights of a training are scored, predicted with and exported. */
export type Selection = 'best' | 'last' | 'ema';

/** `'best'` wherever there are validation images to choose by. */
export const selectionOf = (
  { training }: StudyConfig,
  { validation }: Pick<Material, 'validation'>,
): Selection => training.select ?? (validation.length > 0 ? 'best' : 'last');

/** The validation measure that chooses epochs, and the loss that `predict` takes. */
export const selectionMeasure = (
  { training }: StudyConfig,
  { foreground }: Pick<Material, 'foreground'>,
): string => training.selectBy ?? `iou.${foreground}`;

/** What `fit` is asked to choose by; undefined where nothing depends on it. */
export function selectOptions(config: StudyConfig, material: Material): SelectOptions | undefined {
  const { patience } = config.training;
  const wanted = selectionOf(config, material) === 'best' || patience !== undefined;
  if (material.validation.length === 0 || !wanted) return undefined;
  return { measure: selectionMeasure(config, material), ...(patience !== undefined && { patience }) };
}

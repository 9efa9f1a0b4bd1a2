import { assertLabel, described } from './called.js';
import type { StudyConfig } from './config/schema.js';
import type { Options } from './kinds/kind.js';

/** A network of the study, by its kind and the name it has beside others. */
export interface NamedModel {
  /** Absent where the study has one network. */
  readonly label?: string;
  readonly kind: string;
  readonly options: Options;
}

/**
 * The networks of a config: the one, or those that are compared, each by its label, or by its kind and options.
 * @throws {SegscapeError} `BAD_CONFIG` for two of one label, or a label that no file could be called by.
 */
export function namedModels({ model, models }: Pick<StudyConfig, 'model' | 'models'>): NamedModel[] {
  const { kind, ...options } = model;
  if (models === undefined) return [{ kind, options }];
  // Never by the others: a run that grows keeps its names.
  const named = models.map(({ label, kind: own, ...given }) => ({
    label: label ?? described({ kind: own, ...given }),
    kind: own,
    options: given,
  }));
  const labels = named.map(({ label }) => label);
  for (const label of labels) assertLabel('model', label, labels);
  return named;
}

/** `dice @ unet`: a loss and the network that is trained with it, where several are compared. */
export const withNetwork = (loss: string, { label }: Pick<NamedModel, 'label'>): string =>
  label === undefined ? loss : `${loss} @ ${label}`;

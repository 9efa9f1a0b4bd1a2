import type { Adapters } from '../adapter.js';
import { type LossDefinition, lossAdapter } from './adapter.js';
import { pixelLosses } from './pixel-definitions.js';
import { regionLosses } from './region-definitions.js';
import { surfaceLosses } from './surface-definitions.js';

const definitions: Readonly<Record<string, LossDefinition>> = {
  ...pixelLosses,
  ...regionLosses,
  ...surfaceLosses,
};

/** Whether a definition is of a loss; metrics have ops of the same names. */
export const isLossDefinition = (name: string | undefined): boolean =>
  name !== undefined && Object.hasOwn(definitions, name);

/** Ops of losses.json. */
export const lossesAdapters: Adapters = Object.fromEntries(
  [
    'crossEntropy',
    'topkCrossEntropy',
    'binaryCrossEntropy',
    'focal',
    'dice',
    'jaccard',
    'generalizedDice',
    'tversky',
    'focalTversky',
    'mcc',
    'diceCrossEntropy',
    'generalizedDiceFocal',
    'diceFocal',
    'generalizedWassersteinDice',
    'clDice',
    'lovaszSoftmax',
    'lovaszHinge',
    'hausdorffDT',
    'logHausdorffDT',
    'boundary',
    'symmetricFocal',
    'asymmetricFocal',
    'unifiedFocal',
    'combo',
    'symmetricFocalTversky',
    'asymmetricFocalTversky',
  ].map((op) => [op, lossAdapter(definitions)]),
);

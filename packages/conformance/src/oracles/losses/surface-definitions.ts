import { boundary, hausdorff } from '@segscape/losses';
import { type LossDefinition, type LossParams, options } from './adapter.js';

const monaiHausdorff = (p: LossParams, logLoss: boolean) =>
  hausdorff(
    options({
      alpha: p.alpha,
      includeBackground: p.includeBackground,
      batch: p.batch,
      reduction: p.reduction,
      activation: p.activation,
      logLoss,
    }),
  );

/** Definitions of losses by distance maps. */
export const surfaceLosses: Readonly<Record<string, LossDefinition>> = {
  'monai.HausdorffDTLoss': (p) => monaiHausdorff(p, false),
  'monai.LogHausdorffDTLoss': (p) => monaiHausdorff(p, true),
  'kervadec.HausdorffLoss': (p) =>
    hausdorff(
      options({
        alpha: p.alpha,
        classes: p.classes,
        activation: p.activation,
        form: 'kervadec',
      }),
    ),
  'kervadec.BoundaryLoss': (p) => boundary(options({ classes: p.classes, activation: p.activation })),
};

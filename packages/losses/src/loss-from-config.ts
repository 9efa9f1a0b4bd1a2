import { nearestWord, SegscapeError } from '@segscape/core';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { blobDice } from './blob-dice.js';
import { boundary } from './boundary.js';
import { boundaryDou } from './boundary-dou.js';
import { clDice } from './cl-dice.js';
import { asymmetricFocal, symmetricFocal } from './class-focal.js';
import { asymmetricFocalTversky, symmetricFocalTversky } from './class-focal-tversky.js';
import { crossEntropy } from './cross-entropy.js';
import { dice } from './dice.js';
import { focal } from './focal.js';
import { focalTversky } from './focal-tversky.js';
import { generalizedDice } from './generalized-dice.js';
import { generalizedWassersteinDice } from './generalized-wasserstein-dice.js';
import { hausdorff } from './hausdorff.js';
import { jaccard } from './jaccard.js';
import { logCoshDice } from './log-cosh-dice.js';
import type { LossFn } from './loss.js';
import { lossSchemas } from './loss-schemas.js';
import { lovasz } from './lovasz.js';
import { mcc } from './mcc.js';
import { pixelWeighted } from './pixel-weighted.js';
import { poly } from './poly.js';
import { regionSizeWeights } from './region-size-weights.js';
import { schemaProblem } from './schema.js';
import { skeletonRecall } from './skeleton-recall.js';
import { topK } from './top-k.js';
import { tversky } from './tversky.js';
import { unetWeightMap } from './unet-weight-map.js';
import { unifiedFocal } from './unified-focal.js';
import { weightedSum } from './weighted-sum.js';

/** A loss as data: its name, and its options beside it. */
export interface LossConfig {
  readonly name: string;
  readonly [option: string]: unknown;
}

interface WeightedConfig {
  readonly loss: LossConfig;
  readonly weightMap?: object;
  readonly regionWeights?: object;
}

const factories: Readonly<Record<string, (options: never) => LossFn>> = {
  crossEntropy,
  binaryCrossEntropy,
  focal,
  poly,
  topK,
  dice,
  jaccard,
  logCoshDice,
  tversky,
  focalTversky,
  generalizedDice,
  generalizedWassersteinDice,
  lovasz,
  blobDice,
  boundary,
  boundaryDou,
  hausdorff,
  clDice,
  skeletonRecall,
  mcc,
  unifiedFocal,
  symmetricFocal,
  asymmetricFocal,
  symmetricFocalTversky,
  asymmetricFocalTversky,
  weightedSum: ({ terms }: { terms: readonly { loss: LossConfig; weight?: number }[] }) =>
    weightedSum(terms.map(({ loss, weight = 1 }) => [lossFromConfig(loss), weight])),
  pixelWeighted: ({ loss, weightMap = {}, regionWeights }: WeightedConfig) =>
    pixelWeighted(
      lossFromConfig(loss),
      regionWeights ? regionSizeWeights(regionWeights) : unetWeightMap(weightMap),
    ),
};

/**
 * A loss from its config, as the schemas in `lossSchemas` describe it.
 *
 *     lossFromConfig({ name: 'focal', gamma: 2 });
 *     lossFromConfig({ name: 'weightedSum', terms: [{ loss: { name: 'dice' } }, { loss: { name: 'crossEntropy' }, weight: 0.5 }] });
 *
 * @throws {SegscapeError} `BAD_CONFIG` with the nearest name for one that is unknown, or what a value must be.
 */
export function lossFromConfig(config: LossConfig): LossFn {
  const { name, ...options } = config;
  const factory = Object.hasOwn(factories, name) ? factories[name] : undefined;
  const schema = lossSchemas[name];
  if (factory === undefined || schema === undefined) {
    const nearest = nearestWord(String(name), Object.keys(factories));
    throw new SegscapeError(
      'BAD_CONFIG',
      `lossFromConfig: there is no loss '${name}'${nearest ? `; did you mean '${nearest}'?` : '.'} Known: ${Object.keys(factories).join(', ')}.`,
      { details: { name, nearest } },
    );
  }
  const problem = schemaProblem(config, schema, name);
  if (problem) throw new SegscapeError('BAD_CONFIG', `lossFromConfig: ${problem}.`, { details: { config } });
  return factory(options as never);
}

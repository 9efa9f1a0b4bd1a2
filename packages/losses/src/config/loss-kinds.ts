import type { JsonSchema, SchemaPath } from '@segscape/core/schema';
import { boundary } from '../boundary/boundary.js';
import { boundaryDou } from '../boundary/boundary-dou.js';
import { hausdorff } from '../boundary/hausdorff.js';
import { skeletonRecall } from '../boundary/skeleton-recall.js';
import { pixelWeighted, pixelWeightedConfigSchema } from '../combine/pixel-weighted.js';
import { regionSizeWeights } from '../combine/region-size-weights.js';
import { unetWeightMap } from '../combine/unet-weight-map.js';
import { unifiedFocal } from '../combine/unified-focal.js';
import { type RampUpOptions, rampUp } from '../combine/weight-schedule.js';
import { weightedSum, weightedSumConfigSchema } from '../combine/weighted-sum.js';
import type { LossFn } from '../loss.js';
import { binaryCrossEntropy } from '../pixel/binary-cross-entropy.js';
import { asymmetricFocal, symmetricFocal } from '../pixel/class-focal.js';
import { crossEntropy } from '../pixel/cross-entropy.js';
import { focal } from '../pixel/focal.js';
import { poly } from '../pixel/poly.js';
import { topK } from '../pixel/top-k.js';
import { blobDice } from '../region/blob-dice.js';
import { clDice } from '../region/cl-dice.js';
import { asymmetricFocalTversky, symmetricFocalTversky } from '../region/class-focal-tversky.js';
import { dice } from '../region/dice.js';
import { focalTversky } from '../region/focal-tversky.js';
import { generalizedDice } from '../region/generalized-dice.js';
import { generalizedWassersteinDice } from '../region/generalized-wasserstein-dice.js';
import { jaccard } from '../region/jaccard.js';
import { logCoshDice } from '../region/log-cosh-dice.js';
import { lovasz } from '../region/lovasz.js';
import { mcc } from '../region/mcc.js';
import { tversky } from '../region/tversky.js';

/** A loss as data: its kind, and its options beside it. `name` is the old word for `kind`. */
export type LossConfig = ({ readonly kind: string } | { readonly name: string }) & {
  readonly [option: string]: unknown;
};

/** Makes the loss that a config holds inside of another, at this path in it: a config, or a kind alone. */
type MakePart = (config: LossConfig | string, path: SchemaPath) => LossFn;

/** One kind of loss: its options, described, and how it is made of them. */
export interface LossKind {
  readonly schema?: JsonSchema;
  /**
   * Makes the loss.
   * @param options of the config, without `kind`, checked where there is a schema.
   * @param makePart makes a loss that the config holds inside of this one.
   * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`.
   */
  make(options: Readonly<Record<string, unknown>>, makePart: MakePart): LossFn;
}

interface SumConfig {
  readonly terms: readonly { readonly loss: LossConfig | string; readonly weight?: number | RampUpOptions }[];
  readonly ignoreIndex?: number;
}

interface WeightedConfig {
  readonly loss: LossConfig | string;
  readonly weightMap?: object;
  readonly regionWeights?: object;
  readonly ignoreIndex?: number;
}

const makers = [
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
];

/** A kind whose schema has checked the options that come. */
const kindOf = <Options>(
  schema: JsonSchema,
  make: (options: Options, makePart: MakePart) => LossFn,
): LossKind => ({ schema, make: (options, makePart) => make(options as Options, makePart) });

/** Every loss of this package that a config can name. */
export const lossKinds: Readonly<Record<string, LossKind>> = {
  ...Object.fromEntries(makers.map((make) => [make.name, { schema: make.schema, make }])),
  weightedSum: kindOf<SumConfig>(weightedSumConfigSchema, ({ terms, ...options }, makePart) =>
    weightedSum(
      terms.map(({ loss, weight = 1 }, at) => [
        makePart(loss, ['terms', at, 'loss']),
        typeof weight === 'number' ? weight : rampUp(weight),
      ]),
      options,
    ),
  ),
  pixelWeighted: kindOf<WeightedConfig>(
    pixelWeightedConfigSchema,
    ({ loss, weightMap = {}, regionWeights, ...options }, makePart) =>
      pixelWeighted(
        makePart(loss, ['loss']),
        regionWeights ? regionSizeWeights(regionWeights) : unetWeightMap(weightMap),
        options,
      ),
  ),
};

/** JSON Schema of each loss's config `{ kind, …options }`, by kind; plain objects. `name` may stand for `kind`. */
export const lossSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(lossKinds).map(([kind, { schema = {} }]) => [
    kind,
    {
      ...schema,
      properties: {
        kind: { type: 'string', enum: [kind], const: kind, description: 'The loss.' },
        name: { type: 'string', enum: [kind], const: kind, description: 'Old word for kind.' },
        ...schema.properties,
      },
    },
  ]),
);

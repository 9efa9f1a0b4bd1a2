import { binaryCrossEntropySchemas } from './binary-cross-entropy.js';
import { blobDiceSchemas } from './blob-dice.js';
import { boundarySchemas } from './boundary.js';
import { boundaryDouSchemas } from './boundary-dou.js';
import { clDiceSchemas } from './cl-dice.js';
import { classFocalSchemas } from './class-focal.js';
import { classFocalTverskySchemas } from './class-focal-tversky.js';
import { crossEntropySchemas } from './cross-entropy.js';
import { focalSchemas } from './focal.js';
import { focalTverskySchemas } from './focal-tversky.js';
import { generalizedDiceSchemas } from './generalized-dice.js';
import { generalizedWassersteinDiceSchemas } from './generalized-wasserstein-dice.js';
import { hausdorffSchemas } from './hausdorff.js';
import { lovaszSchemas } from './lovasz.js';
import { mccSchemas } from './mcc.js';
import { number, type OptionSchemas, regionSchemas } from './option-schemas.js';
import { polySchemas } from './poly.js';
import { regionSizeWeightsSchemas } from './region-size-weights.js';
import type { JsonSchema } from './schema.js';
import { skeletonRecallSchemas } from './skeleton-recall.js';
import { topKSchemas } from './top-k.js';
import { tverskySchemas } from './tversky.js';
import { weightMapSchemas } from './unet-weight-map.js';
import { unifiedFocalSchemas } from './unified-focal.js';

const optionsOf: Readonly<Record<string, OptionSchemas>> = {
  crossEntropy: crossEntropySchemas,
  binaryCrossEntropy: binaryCrossEntropySchemas,
  focal: focalSchemas,
  poly: polySchemas,
  topK: topKSchemas,
  dice: regionSchemas,
  jaccard: regionSchemas,
  logCoshDice: regionSchemas,
  tversky: tverskySchemas(0.5, 0.5),
  focalTversky: focalTverskySchemas,
  generalizedDice: generalizedDiceSchemas,
  generalizedWassersteinDice: generalizedWassersteinDiceSchemas,
  lovasz: lovaszSchemas,
  blobDice: blobDiceSchemas,
  boundary: boundarySchemas,
  boundaryDou: boundaryDouSchemas,
  hausdorff: hausdorffSchemas,
  clDice: clDiceSchemas,
  skeletonRecall: skeletonRecallSchemas,
  mcc: mccSchemas,
  unifiedFocal: unifiedFocalSchemas,
  symmetricFocal: classFocalSchemas,
  asymmetricFocal: classFocalSchemas,
  symmetricFocalTversky: classFocalTverskySchemas,
  asymmetricFocalTversky: classFocalTverskySchemas,
  weightedSum: {
    terms: {
      type: 'array',
      minItems: 1,
      description: 'Losses with their weights.',
      items: {
        type: 'object',
        required: ['loss'],
        additionalProperties: false,
        properties: {
          loss: { type: 'object', description: 'Another loss config.' },
          weight: number('Its weight.', 1),
        },
      },
    },
  },
  pixelWeighted: {
    loss: { type: 'object', description: 'Config of a pixel-wise loss.' },
    weightMap: {
      type: 'object',
      description: "U-Net's border weights.",
      additionalProperties: false,
      properties: weightMapSchemas,
    },
    regionWeights: {
      type: 'object',
      description: 'Weights by which every region counts alike, in place of the border weights.',
      additionalProperties: false,
      properties: regionSizeWeightsSchemas,
    },
  },
};

const requiredOf: Readonly<Record<string, readonly string[]>> = {
  weightedSum: ['terms'],
  pixelWeighted: ['loss'],
};

/** JSON Schema of each loss's config `{ name, …options }`, by name; plain objects. */
export const lossSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(optionsOf).map(([name, options]) => [
    name,
    {
      type: 'object',
      required: ['name', ...(requiredOf[name] ?? [])],
      additionalProperties: false,
      properties: { name: { type: 'string', enum: [name], const: name }, ...options },
    },
  ]),
);

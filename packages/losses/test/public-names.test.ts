import * as losses from '@segscape/losses';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(losses).sort()).toMatchInlineSnapshot(`
    [
      "asymmetricFocal",
      "asymmetricFocalTversky",
      "binaryCrossEntropy",
      "blobDice",
      "boundary",
      "boundaryDou",
      "clDice",
      "crossEntropy",
      "dice",
      "focal",
      "focalTversky",
      "generalizedDice",
      "generalizedWassersteinDice",
      "hausdorff",
      "jaccard",
      "logCoshDice",
      "lossFromConfig",
      "lossProfile",
      "lossSchemas",
      "lovasz",
      "mcc",
      "pixelWeighted",
      "poly",
      "regionSizeWeights",
      "skeletonRecall",
      "symmetricFocal",
      "symmetricFocalTversky",
      "topK",
      "tversky",
      "unetWeightMap",
      "unifiedFocal",
      "weightedSum",
    ]
  `);
});

import * as losses from '@segscape/losses';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(losses).sort()).toMatchInlineSnapshot(`
    [
      "asymmetricFocal",
      "asymmetricFocalTversky",
      "binaryCrossEntropy",
      "boundary",
      "clDice",
      "crossEntropy",
      "dice",
      "focal",
      "focalTversky",
      "generalizedDice",
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

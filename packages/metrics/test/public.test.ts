import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "averageSurfaceDistance",
      "balancedAccuracy",
      "bootstrapInterval",
      "boundaryIou",
      "brierScore",
      "byImageAndClass",
      "classCounts",
      "classMeasures",
      "cohenKappa",
      "compareAll",
      "confidenceMap",
      "confusionMatrix",
      "countMeasures",
      "countScore",
      "diceCoefficient",
      "expectedCalibrationError",
      "fBeta",
      "generalizedDiceScore",
      "hausdorffDistance",
      "holm",
      "informationScore",
      "instanceScores",
      "iou",
      "matthewsCorrcoef",
      "pairedTest",
      "panopticQuality",
      "pixelAccuracy",
      "randScore",
      "readGrid",
      "reliability",
      "scoreRecord",
      "segmentationMetrics",
      "segmentsOfMembranes",
      "surfaceDice",
      "surfaceDistances",
      "surfaceOverlap",
    ]
  `);
});

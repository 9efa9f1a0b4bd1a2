import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "bioimageioPackage",
      "classMask",
      "defineKind",
      "examineMasks",
      "exportOnnx",
      "gridRegistry",
      "instancePresets",
      "judgeMasks",
      "kindsOf",
      "ofClass",
      "onnxPredictor",
      "openPredictor",
      "openRunSights",
      "openSurfaceWalk",
      "paddingLabel",
      "parseStudyConfig",
      "postprocess",
      "predictedMaps",
      "presets",
      "readModelRecord",
      "runStudy",
      "studyJsonSchema",
      "studyRegistry",
      "trainingSamples",
      "verifyRun",
      "verifyStudy",
      "weightsPredictor",
      "withKinds",
      "withMaskOffset",
    ]
  `);
});

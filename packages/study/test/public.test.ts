import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "defineKind",
      "examineMasks",
      "exportOnnx",
      "gridRegistry",
      "judgeMasks",
      "kindsOf",
      "openPredictor",
      "paddingLabel",
      "parseStudyConfig",
      "presets",
      "readModelRecord",
      "runStudy",
      "studyJsonSchema",
      "studyRegistry",
      "verifyRun",
      "verifyStudy",
      "withKinds",
    ]
  `);
});

import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "exportOnnx",
      "openPredictor",
      "paddingLabel",
      "parseStudyConfig",
      "presets",
      "readModelRecord",
      "runStudy",
      "studyJsonSchema",
      "studyRegistry",
    ]
  `);
});

import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "SegscapeError",
      "assertOption",
      "assertRaster",
      "assertSameShape",
      "channelStatistics",
      "decodeParams",
      "decodeTensors",
      "encodeParams",
      "encodeTensors",
      "ignoreLabel",
      "isSegscapeError",
      "nearestWord",
      "random",
      "rasterLength",
      "readParams",
      "restoreRandom",
      "shuffled",
      "throwIfAborted",
      "toParams",
    ]
  `);
});

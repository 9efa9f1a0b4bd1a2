import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "SegscapeError",
      "assertKnown",
      "assertOneOf",
      "assertOption",
      "assertRaster",
      "assertSameShape",
      "channelStatistics",
      "countOf",
      "decodeParams",
      "decodeTensors",
      "encodeParams",
      "encodeTensors",
      "ignoreLabel",
      "isRecord",
      "isSegscapeError",
      "isTensor",
      "nearestWord",
      "optionNames",
      "random",
      "rasterLength",
      "readParams",
      "restoreRandom",
      "sameShape",
      "shuffled",
      "sizeOf",
      "throwIfAborted",
      "toParams",
      "turns",
      "uniformRandom",
      "unknownName",
    ]
  `);
});

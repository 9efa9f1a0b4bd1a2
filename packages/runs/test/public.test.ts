import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "createRun",
      "csvCell",
      "decodeCheckpoint",
      "encodeCheckpoint",
      "exportCsv",
      "exportMlflow",
      "memoryStorage",
      "openRun",
      "opfsStorage",
      "parseHistory",
      "pathName",
      "runFormat",
      "subStorage",
      "tensorBoard",
      "validateRun",
    ]
  `);
  expect(Object.keys(await import('../src/node.js')).sort()).toMatchInlineSnapshot(`
    [
      "fsStorage",
    ]
  `);
});

import { expect, test } from 'vitest';
import * as jit from '../src/index.js';

test('the public names are these', () => {
  expect(Object.keys(jit).sort()).toMatchInlineSnapshot(`
    [
      "executorOf",
      "isNative",
      "jit",
      "toOnnx",
    ]
  `);
});

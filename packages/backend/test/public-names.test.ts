import * as backend from '@segscape/backend';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(backend).sort()).toMatchInlineSnapshot(`
    [
      "listBackends",
      "moveParams",
      "registerGradients",
      "registerWasmKernels",
      "useBackend",
      "withBackend",
    ]
  `);
});

import { readFileSync } from 'node:fs';
import { sharedFolder } from '@segscape/testing';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { AdapterContext, Numbers, OracleCase } from '../../src/oracles/adapter.js';
import { unetAdapters } from '../../src/oracles/unet-adapters.js';

const folder = sharedFolder('oracles');
const cases: OracleCase[] =
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/unet.json`, 'utf8')) as OracleCase[]);

const context: AdapterContext = {
  executor: 'cpu',
  async run(fn, inputs) {
    const results = tidy(() => fn(inputs));
    const read: Record<string, Numbers> = {};
    for (const [name, value] of Object.entries(results) as [string, Tensor][]) {
      read[name] = value.arraySync() as Numbers;
      value.dispose();
    }
    return read;
  },
};

function expectClose(got: Numbers, expected: Numbers, tol: OracleCase['tol'], path = ''): void {
  if (expected !== null && typeof expected === 'object' && !Array.isArray(expected)) {
    for (const [key, value] of Object.entries(expected))
      expectClose((got as Record<string, Numbers>)[key]!, value, tol, `${path}.${key}`);
    return;
  }
  expect(got as number[], path).toBeAllclose(expected as number[], tol);
}

describe.skipIf(folder === undefined)('U-Net oracles (need the shared folder)', () => {
  test.each(cases.map((oracle) => [oracle.id, oracle] as const))('%s', async (_, oracle) => {
    const { value } = await unetAdapters[oracle.op]!(oracle, context);
    expectClose(value, oracle.expected, oracle.tol);
  });
});

import { readFileSync } from 'node:fs';
import { sharedFolder } from '@segscape/testing';
import { describe, expect, test } from 'vitest';
import type { AdapterContext, Numbers, OracleCase } from '../../src/oracles/adapter.js';
import { elasticAdapters } from '../../src/oracles/elastic-adapters.js';

const folder = sharedFolder('oracles');
const cases: OracleCase[] =
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/elastic.json`, 'utf8')) as OracleCase[]);

// Rasters are plain memory: these cases never run tensors.
const context: AdapterContext = { executor: 'cpu', run: async () => ({}) };

describe.skipIf(folder === undefined)('elastic oracles (need the shared folder)', () => {
  test.each(cases.map((oracle) => [oracle.id, oracle] as const))('%s', async (_, oracle) => {
    const { value } = await elasticAdapters[oracle.op]!(oracle, context);
    const expected = oracle.expected as Record<string, Numbers> | number[];
    if (Array.isArray(expected)) expect(value as number[]).toBeAllclose(expected, oracle.tol);
    else
      for (const [key, part] of Object.entries(expected))
        expect((value as Record<string, number[]>)[key]!, key).toBeAllclose(part as number[], oracle.tol);
  });
});

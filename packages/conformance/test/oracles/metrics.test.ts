import { readFileSync } from 'node:fs';
import { sharedFolder } from '@segscape/testing';
import { describe, expect, test } from 'vitest';
import type { AdapterContext, Numbers, OracleCase } from '../../src/oracles/adapter.js';
import { metricsAdapters } from '../../src/oracles/metrics/adapters.js';

const folder = sharedFolder('oracles');
const cases =
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/metrics.json`, 'utf8')) as OracleCase[]);

// Metrics run on the host: no executor, no tensors.
const context: AdapterContext = {
  executor: 'cpu',
  run: async () => {
    throw new Error('metrics need no tensors');
  },
};

/** Where two nested numbers differ by more than the tolerance. */
function differences(got: Numbers, want: Numbers, { abs, rel }: OracleCase['tol'], at = ''): string[] {
  if (typeof want === 'number') {
    const close = typeof got === 'number' && Math.abs(got - want) <= abs + rel * Math.abs(want);
    return close ? [] : [`${at}: got ${String(got)}, expected ${want}`];
  }
  if (typeof want === 'string')
    return String(got) === want ? [] : [`${at}: got ${String(got)}, expected ${want}`];
  if (typeof got !== 'object' || got === null || want === null) return [`${at}: got ${String(got)}`];
  if (Object.keys(got).length !== Object.keys(want).length)
    return [`${at}: got ${Object.keys(got).length} entries`];
  return Object.keys(got).flatMap((key) =>
    differences(
      (got as Record<string, Numbers>)[key]!,
      (want as Record<string, Numbers>)[key] as Numbers,
      { abs, rel },
      `${at}.${key}`,
    ),
  );
}

describe.skipIf(folder === undefined)('metrics oracles (need the shared oracle files)', () => {
  test.each(cases.map((oracle) => [oracle.id, oracle] as const))('%s', async (_, oracle) => {
    const adapter = metricsAdapters[oracle.op];
    if (adapter === undefined) throw new Error(`no adapter for ${oracle.op}`);
    const { value } = await adapter(oracle, context);
    expect(differences(value, oracle.expected, oracle.tol).slice(0, 5)).toEqual([]);
  });
});

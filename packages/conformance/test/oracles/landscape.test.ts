import { readFileSync } from 'node:fs';
import { jit } from '@segscape/jit';
import { sharedFolder } from '@segscape/testing';
import { dispose, memory, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  type AdapterContext,
  type Executor,
  type Numbers,
  type OracleCase,
  Unsupported,
} from '../../src/oracles/adapter.js';
import { landscapeAdapters } from '../../src/oracles/landscape/adapters.js';

const folder = sharedFolder('oracles');
const cases =
  folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/landscape.json`, 'utf8')) as OracleCase[]);

const context = (executor: Executor): AdapterContext => ({
  executor,
  async run(fn, inputs) {
    const run = jit(fn, { executor: executor === 'jit' ? 'onnxruntime' : 'eager' });
    const result = await run(inputs);
    const entries = Object.entries(result).map(
      async ([name, value]) => [name, (await value.array()) as Numbers] as const,
    );
    const numbers = Object.fromEntries(await Promise.all(entries));
    dispose(result as Record<string, Tensor>);
    await run.dispose();
    return numbers;
  },
});

/** Where two nested numbers differ by more than the tolerance; keys that were not computed are left out. */
function differences(got: Numbers, want: Numbers, { abs, rel }: OracleCase['tol'], at = ''): string[] {
  if (typeof want === 'number') {
    const close = typeof got === 'number' && Math.abs(got - want) <= abs + rel * Math.abs(want);
    return close ? [] : [`${at}: got ${String(got)}, expected ${want}`];
  }
  if (typeof want === 'string')
    return String(got) === want ? [] : [`${at}: got ${String(got)}, expected ${want}`];
  if (typeof got !== 'object' || got === null || want === null) return [`${at}: got ${String(got)}`];
  return Object.keys(got).flatMap((key) =>
    differences(
      (got as Record<string, Numbers>)[key]!,
      (want as Record<string, Numbers>)[key] as Numbers,
      { abs, rel },
      `${at}.${key}`,
    ),
  );
}

describe.skipIf(folder === undefined)('landscape oracles (need the shared oracle files)', () => {
  describe.each(['cpu', 'jit'] as const)('on %s', (executor) => {
    test.each(cases.map((oracle) => [oracle.id, oracle] as const))('%s', async (_, oracle) => {
      const before = memory().numTensors;
      const adapter = landscapeAdapters[oracle.op];
      if (adapter === undefined) throw new Error(`no adapter for ${oracle.op}`);
      try {
        const { value } = await adapter(oracle, context(executor));
        expect(Object.keys(value as object).length).toBeGreaterThan(0);
        expect(differences(value, oracle.expected, oracle.tol).slice(0, 5)).toEqual([]);
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
        expect(oracle.op).toBe('normalizeDirectionVariant');
      }
      expect(memory().numTensors - before).toBe(0);
    });
  });
});

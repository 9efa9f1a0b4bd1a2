import { describe, expect, test } from 'vitest';
import type { OracleCase } from '../../src/oracles/adapter.js';
import { compare } from '../../src/oracles/compare.js';
import { eagerContext } from '../../src/oracles/eager-context.js';
import { lossesAdapters } from '../../src/oracles/losses/adapters.js';
import { runCase } from '../../src/oracles/run-case.js';
import { summarize } from '../../src/oracles/summary.js';

describe('the runner', () => {
  const oracle: OracleCase = {
    id: 'ce/one',
    source: 'by hand',
    op: 'crossEntropy',
    params: { definition: 'torch.cross_entropy', reduction: 'mean' },
    inputs: { logits: [[[[0, 0]]]], mask: [[[1]]] },
    expected: Math.LN2,
    expectedGrad: [[[[0.5, -0.5]]]],
    tol: { abs: 1e-6, rel: 1e-5 },
  };
  const run = (change: Partial<OracleCase>) =>
    runCase({ ...oracle, ...change }, lossesAdapters, eagerContext('cpu'));

  test('passes what is right, and names got, expected and difference of what is not', async () => {
    const results = [
      await run({}),
      await run({ id: 'ce/value', expected: 1 }),
      await run({ id: 'ce/grad', expectedGrad: [[[[0.5, 0.5]]]] }),
      await run({ id: 'ce/definition', params: { definition: 'nobody.knows' } }),
      await run({ id: 'op', op: 'nothing' }),
      await run({ id: 'combo', op: 'combo', params: { definition: 'ufl.combo_loss' } }),
    ];
    const { text, failed } = summarize(results);
    expect(failed).toBe(4);
    expect(text).toContain('crossEntropy: 1 passed / 3 failed / 0 unsupported');
    expect(text).toMatch(/FAILED ce\/value: value: got 0\.693\d+, expected 1, difference 0\.306/);
    expect(text).toContain('FAILED ce/grad: grad[0][0][0][1]: got -0.5, expected 0.5, difference 1');
    expect(text).toContain("FAILED op: no adapter for the op 'nothing'");
    expect(text.trimEnd().split('\n').at(-1)).toBe('1 passed, 4 failed, 1 skipped');
  });

  test('a gradient that is missing, NaN or of another shape fails', () => {
    const tol = { abs: 1e-6, rel: 1e-5 };
    expect(compare(undefined, [1], tol)?.difference).toBe(Number.POSITIVE_INFINITY);
    expect(compare(Number.NaN, 1, tol)?.difference).toBe(Number.POSITIVE_INFINITY);
    expect(compare(1, 'NaN', tol)?.difference).toBe(Number.POSITIVE_INFINITY);
    expect(compare([1], [1, 2], tol)).toBeDefined();
    expect(compare(Number.NaN, 'NaN', tol)).toBeUndefined();
    expect(compare(Number.POSITIVE_INFINITY, 'Infinity', tol)).toBeUndefined();
    expect(compare({ a: 1.000001 }, { a: 1 }, tol)).toBeUndefined();
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../scripts/bundle.mjs';
import { casesNamed, columnOf, referenceOf } from '../src/runner/matrix.js';
import { failureLines, markdown } from '../src/runner/table.js';
import { suite } from '../src/suite/cases.js';

type Reference = Awaited<ReturnType<typeof referenceOf>>;

describe('every op gives the numbers of double precision', () => {
  let reference: Reference;

  beforeAll(async () => {
    reference = await referenceOf(suite, bundleEntry);
  });

  // Chromium and WebGPU are in the full suite.
  test.each(['cpu', 'wasm', 'jit'] as const)('on %s, and leaves no tensor behind', async (backend) => {
    const column = await columnOf(backend, suite, reference, bundleEntry);
    expect(failureLines(column)).toEqual([]);
    expect(column.unavailable).toBeUndefined();
    const skipped = column.cells.filter(({ status }) => status === 'skipped').map(({ op }) => op);
    expect(skipped.filter((op) => !op.startsWith('losses/hausdorff'))).toEqual([]);
    expect(column.cells).toHaveLength(suite.length);
    expect(markdown([column])).toContain(`| ${suite[0]!.name} |`);
  });

  test('the reference is in double precision: single precision differs from it in the eighth digit', async () => {
    const column = await columnOf('cpu', casesNamed('ops/conv2d 3×3'), reference, bundleEntry);
    const errors = column.cells.map(({ maxRelativeError }) => maxRelativeError!);
    expect(Math.max(...errors)).toBeGreaterThan(1e-9);
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });
});

test('no two cases have one name', () => {
  expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length);
});

test("a case's own tolerance has its reason", () => {
  for (const { tolerance } of suite) if (tolerance) expect(tolerance.because.length).toBeGreaterThan(20);
});

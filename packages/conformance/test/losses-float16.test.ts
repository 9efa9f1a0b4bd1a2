import { chromiumPath } from '@segscape/testing/chromium';
import { expect, test } from 'vitest';
import { bundleEntry } from '../scripts/bundle.mjs';
import { inHalfPrecision } from '../src/runner/half-precision.js';
import { casesNamed } from '../src/runner/matrix.js';

const skipped = chromiumPath === undefined ? ' (skipped: no Chromium)' : '';

// Every loss by its name alone; `pnpm test:full` has the rest.
const cases = casesNamed('losses/').filter(({ name }) => /^losses\/\w+, indices$/.test(name));

test.skipIf(chromiumPath === undefined)(
  `in half precision losses and their gradients stay finite${skipped}`,
  async () => {
    expect(await inHalfPrecision(cases, bundleEntry)).toEqual({ computed: cases.length, broken: [] });
    expect(cases.length).toBeGreaterThanOrEqual(20);
  },
);

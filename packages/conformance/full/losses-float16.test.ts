import { chromiumPath } from '@segscape/testing/chromium';
import { expect, test } from 'vitest';
import { bundleEntry } from '../scripts/bundle.mjs';
import { inHalfPrecision } from '../src/runner/half-precision.js';
import { casesNamed } from '../src/runner/matrix.js';

const skipped = chromiumPath === undefined ? ' (skipped: no Chromium)' : '';

test.skipIf(chromiumPath === undefined)(
  `in half precision every form and option of the losses stays finite${skipped}`,
  async () => {
    const cases = casesNamed('losses/');
    expect(await inHalfPrecision(cases, bundleEntry)).toEqual({ computed: cases.length, broken: [] });
  },
);

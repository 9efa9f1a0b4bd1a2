import type { ConformanceCase } from '../suite/case.js';
import { inChromium } from './in-chromium.js';
import type { BundleEntry } from './places.js';

/** What half precision made of some cases. */
export interface HalfPrecision {
  /** Cases that were computed. */
  readonly computed: number;
  /** `case: output` for each output with a number that is not finite, and each case that failed. */
  readonly broken: readonly string[];
}

/**
 * Computes cases on WebGL with textures of 16-bit numbers, in headless Chromium. Numbers have 11 bits there and end at
 * 65504: they are only asked to be finite.
 */
export async function inHalfPrecision(
  cases: readonly ConformanceCase[],
  bundle: BundleEntry,
): Promise<HalfPrecision> {
  const script = await bundle('runner/browser-worker', 'browser');
  const names = cases.map(({ name }) => name);
  const broken: string[] = [];
  let computed = 0;
  const request = { backend: 'webgl', executor: 'eager', halfPrecision: true, cases: names } as const;
  for await (const message of inChromium(script, request, false)) {
    if (message.type === 'unavailable') throw new Error(message.reason);
    if (message.type === 'error') broken.push(`${message.name}: ${message.message}`);
    if (message.type !== 'result') continue;
    computed++;
    for (const [output, { data }] of Object.entries(message.outputs))
      if (Array.from(data).some((value) => !Number.isFinite(value)))
        broken.push(`${message.name}: ${output}`);
  }
  return { computed, broken };
}

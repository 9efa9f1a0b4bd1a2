import { borderModes, elasticField, fieldFrom } from '@segscape/augment';
import { type Rng, random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { kernels } from '#kernels';
import type { Kernels, PlaneJob, SmoothingPass, SolvingPass } from '../src/kernel-jobs.js';
import { plainKernels } from '../src/kernels-plain.js';
import { simdKernels } from '../src/kernels-simd.js';
import type { Sampling } from '../src/sampling.js';
import { sourceOf } from '../src/source.js';
import { linesOf } from '../src/strips.js';
import { hashOf, kinds, picture } from './bit-cases.js';

const simd = simdKernels()!;

test('WebAssembly is used here, and plain TypeScript where it is forbidden', async () => {
  expect(simd).toBeDefined();
  await expect.poll(kernels).not.toBe(plainKernels);
  vi.stubGlobal('WebAssembly', {
    Module: class {
      constructor() {
        throw new Error('refused by the page');
      }
    },
  });
  try {
    expect(simdKernels()).toBeUndefined();
  } finally {
    vi.unstubAllGlobals();
  }
});

// In a page the test before has let it come already.
const come = typeof document !== 'undefined';
test.skipIf(come)(
  'in a page plain TypeScript begins, and WebAssembly takes over when it has come',
  async () => {
    vi.resetModules();
    const page = await import('../src/kernels.browser.js');
    const { plainKernels: plain } = await import('../src/kernels-plain.js');
    expect(page.kernels()).toBe(plain);
    expect(page.kernels()).toBe(plain);
    await expect.poll(page.kernels).not.toBe(plain);
    expect(page.kernels()).toBe(page.kernels());
  },
);

/** One warp by one form of the loops: results and what was left, for an image and its mask. */
function run(
  form: Kernels,
  order: 0 | 1 | 3,
  field: ReturnType<typeof fieldFrom>,
  image: ReturnType<typeof picture>,
  mask: ReturnType<typeof picture> | undefined,
  mode: Sampling['mode'],
) {
  const jobOf = (raster: typeof image, own: 0 | 1 | 3): PlaneJob => ({
    source: sourceOf(raster, [0, 1], { order: own, mode, cval: 2 }),
    out: new (raster.data.constructor as new (n: number) => typeof raster.data)(
      field.dy.length * raster.channels,
    ),
    left: [],
  });
  const [first, second] = [jobOf(image, order), mask && jobOf(mask, 0)];
  form.warp(order, field, first, second);
  return [first, second].map((job) => {
    if (job === undefined) return job;
    const { left } = job;
    const { channels } = job.source;
    // What is left is written afterwards, by the border's rule.
    for (const p of left) job.out.fill(0, p * channels, (p + 1) * channels);
    return { out: job.out, left };
  });
}

describe('every form of the loops gives the same bits', () => {
  test('resampling, of any size, type, order, field and border', () =>
    fc.assert(
      fc.property(
        fc.record({
          order: fc.constantFrom(0 as const, 1 as const, 3 as const),
          mode: fc.constantFrom(...borderModes),
          kind: fc.constantFrom(...kinds),
          maskKind: fc.constantFrom(undefined, ...kinds),
          from: fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })),
          to: fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 24 })),
          channels: fc.integer({ min: 1, max: 6 }),
          doubles: fc.boolean(),
          reach: fc.constantFrom(0, 0.5, 3, 40, 1e12, Number.NaN),
          seed: fc.integer(),
        }),
        ({ order, mode, kind, maskKind, from, to, channels, doubles, reach, seed }) => {
          const rng = random(seed);
          const image = picture(rng, kind, from[0], from[1], channels);
          const mask = maskKind && picture(rng, maskKind, from[0], from[1], 1 + (seed & 1));
          const plane = fieldFrom(to[0], to[1], () => [reach * rng.normal(), reach * rng.normal()]);
          const field = doubles
            ? { ...plane, dy: Float64Array.from(plane.dy, (v) => v / 3), dx: Float64Array.from(plane.dx) }
            : plane;
          const [plain, quick] = [plainKernels, simd].map((form) =>
            run(form, order, field, image, mask, mode),
          );
          expect(quick).toEqual(plain);
        },
      ),
      { numRuns: 600 },
    ));

  test('a picture of several bands of rows, and extreme values', () => {
    const rng = random(8);
    const field = elasticField({ height: 300, width: 500, alpha: 60, sigma: 5 }, rng);
    for (const kind of ['uint8', 'float32'] as const)
      for (const order of [0, 1, 3] as const) {
        const image = picture(rng, kind, 300, 500, 3);
        for (let i = 0; i < image.data.length; i += 7) image.data[i] = i % 2 ? 255 : 0;
        const mask = picture(rng, 'uint8', 300, 500, 1);
        const [plain, quick] = [plainKernels, simd].map((form) =>
          run(form, order, field, image, mask, 'reflect').map(
            (one) => one && hashOf([one.out, Int32Array.from(one.left)]),
          ),
        );
        expect(quick).toEqual(plain);
      }
  });

  test('smoothing of any lines, one axis after the other', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat(21), { minLength: 3, maxLength: 3 }),
        fc.integer(),
        (shape, channels, radii, seed) => {
          const rng = random(seed);
          const filled = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
          const passes = shape.map((n, axis): SmoothingPass => {
            const lines = linesOf(shape, channels, axis);
            const length = n + 2 * radii[axis]!;
            const places = Int32Array.from({ length }, () => rng.integer(-1, n));
            return { lines, half: filled(radii[axis]! + 1), places };
          });
          const given = filled(shape.reduce((count, n) => count * n, channels));
          const results = [plainKernels, simd].map((form) => {
            const { values, run } = form.smoother(given.length, passes, 3);
            values.set(given);
            run();
            return values.slice();
          });
          expect(results[1]).toEqual(results[0]);
        },
      ),
      { numRuns: 500 },
    ));

  test('more values than a module that stays may hold are smoothed in memory of their own', () => {
    const count = 2 ** 23 + 8;
    const lines = { outer: 1, n: count / 8, inner: 8 };
    const places = Int32Array.from({ length: lines.n + 2 }, (_, i) => i - 1);
    places[lines.n + 1] = -1;
    const passes = [{ lines, half: Float64Array.of(0.5, 0.25), places }];
    const results = [plainKernels, simd].map((form) => {
      const { values, run } = form.smoother(count, passes, 7);
      for (let i = 0; i < count; i++) values[i] = i % 31;
      run();
      return hashOf([values]);
    });
    expect(results[1]).toEqual(results[0]);
  });

  test('spline coefficients of any lines, one axis after the other', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 20 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (shape, channels, seed) => {
          const rng = random(seed);
          const filled = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
          const passes = shape.map((n, axis): SolvingPass => {
            const elimination = { factor: filled(n), upper: filled(n), diagonal: filled(n) };
            return { lines: linesOf(shape, channels, axis), elimination };
          });
          const given = filled(shape.reduce((count, n) => count * n, channels));
          const results = [plainKernels, simd].map((form) => {
            const { values, run } = form.solver(given.length, passes);
            values.set(given);
            run();
            return values.slice();
          });
          expect(results[1]).toEqual(results[0]);
        },
      ),
      { numRuns: 500 },
    ));

  test('noise, its scale, and where the stream goes on', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer(), fc.boolean(), (count, seed, foreign) => {
        const results = [plainKernels, simd].map((form) => {
          const own = random(seed);
          const { continueFrom, ...others } = own;
          const rng: Rng = foreign ? others : own;
          own.uniform();
          const { values, drawNoise, scaled } = form.smoother(count, [], 0);
          drawNoise(rng);
          const noise = values.slice();
          return { noise, scaled: scaled(34.5), state: own.state(), next: own.uniform() };
        });
        expect(results[1]).toEqual(results[0]);
      }),
    ));
});

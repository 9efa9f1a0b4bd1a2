import { borderModes, elasticField, fieldFrom } from '@segscape/augment';
import { random } from '@segscape/core';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Kernels, PlaneJob } from '../src/kernel-jobs.js';
import { kernels } from '../src/kernels.js';
import { plainKernels } from '../src/kernels-plain.js';
import { simdKernels } from '../src/kernels-simd.js';
import type { Sampling } from '../src/sampling.js';
import { sourceOf } from '../src/source.js';
import { lanes } from '../src/strips.js';
import { hashOf, kinds, picture } from './bit-cases.js';

const simd = simdKernels()!;

test('WebAssembly is used here, and plain TypeScript where it is forbidden', () => {
  expect(simd).toBeDefined();
  expect(kernels()).not.toBe(plainKernels);
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
    left: new Int32Array(field.dy.length),
    count: 0,
  });
  const [first, second] = [jobOf(image, order), mask && jobOf(mask, 0)];
  form.warp(order, field, first, second);
  return [first, second].map((job) => {
    if (job === undefined) return job;
    const left = job.left.slice(0, job.count);
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
          run(form, order, field, image, mask, 'reflect').map((one) => one && hashOf([one.out, one.left])),
        );
        expect(quick).toEqual(plain);
      }
  });

  test('smoothing and spline coefficients of eight lines', () =>
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(40), fc.integer(), (n, radius, seed) => {
        const step = 1 + (Math.abs(seed) % lanes);
        const rng = random(seed);
        const filled = (count: number) => Float64Array.from({ length: count }, () => rng.normal());
        const half = filled(radius + 1);
        const elimination = { factor: filled(n), upper: filled(n), diagonal: filled(n) };
        const [long, short] = [filled((n + 2 * radius) * step), filled(n * lanes)];
        const results = [plainKernels, simd].map((form) => {
          const convolver = form.convolver(n, half, step);
          convolver.strip.set(long);
          convolver.run();
          const smoothed = convolver.result.slice(0, n * step);
          const solver = form.solver(n, elimination);
          solver.strip.set(short);
          solver.run();
          return [smoothed, solver.result.slice()];
        });
        expect(results[1]).toEqual(results[0]);
      }),
    ));
});

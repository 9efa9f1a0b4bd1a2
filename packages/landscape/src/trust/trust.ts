import { assertKnown, assertOption, optionNames, type Params } from '@segscape/core';
import type { Surface } from '../grids/surface.js';
import type { Plane } from '../planes/plane.js';
import {
  type CrossedInterval,
  crossedInterval,
  type Interval,
  meanInterval,
} from '../statistics/interval.js';
import { lossOf } from '../statistics/loss-of.js';
import { type SurfaceStatistics, surfaceStatistics } from '../statistics/surface-statistics.js';
import { topology } from '../statistics/topology.js';
import { pathInside, planeBasis, recordInside } from './inside.js';
import type { NoiseFloor, SampleNoise } from './noise.js';
import { trustSentence } from './sentence.js';

export interface TrustOptions {
  /** Which loss. Default the first of the surface. */
  readonly loss?: string;
  /** The plane that the surface lies over; needed for the next three. */
  readonly plane?: Plane;
  /** The training's weights in order, borrowed. */
  readonly path?: readonly Params[];
  /** The loss's gradient at the centre, or any multiple of it, borrowed (`gradientDirection`). */
  readonly gradient?: Params;
  /** The Hessian's top eigenpairs at the centre, borrowed (`topEigenpairs`). */
  readonly eigenpairs?: readonly { readonly value: number; readonly vector: Params }[];
  /** The same loss around the same weights over other pairs of directions, on the same axes. */
  readonly repeats?: readonly Surface[];
  /**
   * The same loss around the weights of other networks, of other seeds for instance: of each its surfaces over the same planes, in
   * the same order, this surface's plane first, then those of `repeats`.
   */
  readonly networks?: readonly (readonly Surface[])[];
  /** Of `noiseFloor`, all losses. */
  readonly noise?: Readonly<Record<string, NoiseFloor>>;
  /** Of `sampleNoise`, all losses. */
  readonly images?: Readonly<Record<string, SampleNoise>>;
}

/** What a surface can be trusted with. What was not measured is undefined. */
export interface Trust {
  readonly loss: string;
  /** One sentence in plain words. */
  readonly sentence: string;
  /** Mean and spread of every statistic over this surface and its repeats. */
  readonly statistics: Readonly<Record<string, Interval>>;
  /** The same over all networks and planes; absent without `networks`. */
  readonly networks?: Readonly<Record<string, CrossedInterval>>;
  /** Share of the variance of the path that lies in the plane. */
  readonly pathShare: number | undefined;
  /** Share of the gradient's squared length that lies in the plane. */
  readonly gradientShare: number | undefined;
  /** Cosine of the angle between each eigenvector and the plane: 1 in it, 0 at right angles to it. */
  readonly eigenvectors: readonly { readonly value: number; readonly cosine: number }[] | undefined;
  /** Standard deviation of rounding, in the units of the loss: draw no line thinner. */
  readonly noiseFloor: number | undefined;
  readonly roughness: {
    readonly measured: number;
    /** What is left when rounding's part is taken off; the same without a noise floor. */
    readonly corrected: number;
  };
  readonly images: SampleNoise | undefined;
}

/** Statistics that are one number each. */
const numbersOf = (
  s: SurfaceStatistics,
  persistence: { meanPersistence: number; smad: number; minima: readonly unknown[] },
) => ({
  minimum: s.minimum.value,
  maximum: s.maximum,
  centre: s.centre,
  roughness: s.roughness,
  convexity: s.convexity,
  basinWidth: s.basinWidth,
  basinDepth: s.basinDepth,
  anisotropy: s.anisotropy,
  minima: persistence.minima.length,
  meanPersistence: persistence.meanPersistence,
  smad: persistence.smad,
});

/**
 * Rounding's part of roughness: a value less the mean of its four neighbours has a variance of (1 + ¼)σ² by independent
 * noise of variance σ².
 */
const withoutNoise = (roughness: number, range: number, floor: number): number =>
  range === 0 ? 0 : Math.sqrt(Math.max(roughness ** 2 - 1.25 * (floor / range) ** 2, 0));

/** What was measured of a loss, whatever it is called: every object has a `constructor`. */
const measuredOf = <T>(of: Readonly<Record<string, T>> | undefined, loss: string): T | undefined =>
  of && Object.hasOwn(of, loss) ? of[loss] : undefined;

const known = optionNames<TrustOptions>({
  loss: true,
  plane: true,
  path: true,
  gradient: true,
  eigenpairs: true,
  repeats: true,
  networks: true,
  noise: true,
  images: true,
});

/** How far to trust a surface. */
export async function trust(surface: Surface, options: TrustOptions = {}): Promise<Trust> {
  assertKnown('trust', options, known);
  const {
    loss = Object.keys(surface.values)[0] ?? '',
    plane,
    path,
    gradient,
    eigenpairs,
    repeats = [],
    networks = [],
  } = options;
  for (const each of [surface, ...repeats, ...networks.flat()]) lossOf('trust', each, loss);
  for (const name of ['path', 'gradient', 'eigenpairs'] as const)
    assertOption(!options[name] || plane !== undefined, 'trust', 'plane', plane, `be given with ${name}`);
  const even = networks.every(({ length }) => length === repeats.length + 1);
  assertOption(
    even,
    'trust',
    'networks',
    networks.map(({ length }) => length),
    `hold ${repeats.length + 1} surfaces each, of this plane and of those of repeats`,
  );
  const noiseFloor = measuredOf(options.noise, loss)?.floor;
  const images = measuredOf(options.images, loss);
  const numbers = (each: Surface) =>
    numbersOf(surfaceStatistics(each, loss), topology(each, loss, { threshold: 4 * (noiseFloor ?? 0) }));
  const all = [surface, ...repeats].map(numbers);
  const others = networks.map((planes) => planes.map(numbers));
  const here = all[0]!;
  const names = Object.keys(here) as (keyof typeof here)[];
  const statistics = Object.fromEntries(
    names.map((name) => [name, meanInterval(all.map((one) => one[name]))]),
  );
  const crossed = () =>
    Object.fromEntries(
      names.map((name) => [
        name,
        crossedInterval([all, ...others].map((planes) => planes.map((one) => one[name]))),
      ]),
    );
  const basis = plane && (await planeBasis(plane));
  const pathShare = basis && path && (await pathInside(path, basis));
  const gradientShare = basis && gradient && (await recordInside(gradient, basis));
  const cosines: { value: number; cosine: number }[] = [];
  if (basis)
    for (const { value, vector } of eigenpairs ?? [])
      cosines.push({ value, cosine: Math.sqrt(await recordInside(vector, basis)) });
  const eigenvectors = basis && eigenpairs ? cosines : undefined;
  const range = here.maximum - here.minimum;
  const spread = repeats.length > 0 ? statistics.roughness : undefined;
  const facts = { pathShare, gradientShare, eigenvectors, noiseFloor, images };
  return {
    loss,
    sentence: trustSentence({ ...facts, roughness: here.roughness, spread, range }),
    statistics,
    ...(networks.length > 0 && { networks: crossed() }),
    ...facts,
    roughness: {
      measured: here.roughness,
      corrected: noiseFloor === undefined ? here.roughness : withoutNoise(here.roughness, range, noiseFloor),
    },
  };
}

import { assertKnown, assertOption } from '@segscape/core';
import type { Surface } from '../grids/surface.js';
import { basinSizes } from './descent.js';
import { lossOf } from './loss-of.js';
import { mergeTree } from './merge-tree.js';
import { valleysAround } from './triangulation.js';

export interface TopologyOptions {
  /** Valleys less deep than this, in the units of the loss, are noise and left out. Default 0; `trust` measures it. */
  readonly threshold?: number;
  /** Whether `smad` is given as a share of the range of the loss. Default false. */
  readonly normalize?: boolean;
  /**
   * Whether `smad` weighs each gap by the share of places that run down to its minimum, along the steepest of the edges; those of
   * a valley that is left out count for the one that took it. Default false.
   */
  readonly weighted?: boolean;
}

/** A place of the grid. */
export interface GridPlace {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

export interface Minimum extends GridPlace {
  /** Where its valley joins a deeper one; undefined for the deepest. */
  readonly saddle: GridPlace | undefined;
  /** Height of that saddle above the minimum, in the units of the loss; infinite for the deepest. */
  readonly persistence: number;
}

/** The valleys of a surface. */
export interface Topology {
  /** Most persistent first, the deepest at the head. */
  readonly minima: readonly Minimum[];
  /** Places with two or more separate valleys around them, lowest first. */
  readonly saddles: readonly GridPlace[];
  /**
   * The merge tree: edges from each minimum and joining saddle to the saddle above it, by the numbers of their places.
   */
  readonly tree: {
    readonly nodes: readonly GridPlace[];
    readonly edges: readonly (readonly [lower: number, upper: number])[];
  };
  /** Sum of the finite persistences. */
  readonly totalPersistence: number;
  /** Their mean; 0 where there is one minimum. */
  readonly meanPersistence: number;
  /**
   * Saddle–minimum average distance: the mean over all minima, the deepest too, of the height of the saddle next above it
   * in the merge tree; 0 where there is none. Small for a smooth surface. In the units of the loss, unless `normalize` is asked for.
   */
  readonly smad: number;
}

/**
 * Minima, saddles, merge tree and persistence of a loss over a surface, whose cells are cut into triangles. Equal values are
 * told apart by the numbers of their places, but a plain is one minimum at most: what joins at its own height was no valley.
 * Places that are not finite belong to no valley.
 *
 * @param surface of `surface`.
 * @param loss default the first of the surface.
 * @param options how deep a minimum must be to count, and how `smad` is given.
 * @returns places, values and persistences, in the units of the axes and of the loss.
 * @throws {SegscapeError} `BAD_OPTION` for a loss that is not there, `SHAPE_MISMATCH` for values that do not fill the axes;
 *   `NOT_FINITE` when no value is finite.
 * @see Edelsbrunner, Harer, Computational Topology, 2010, sections VI.3 and VII.1.
 * @see Chen et al., Landscaper, 2026, for SMAD. https://arxiv.org/abs/2602.07135
 */
export function topology(
  surface: Surface,
  loss: string = Object.keys(surface.values)[0] ?? '',
  options: TopologyOptions = {},
): Topology {
  assertKnown('topology', options, ['threshold', 'normalize', 'weighted']);
  const { threshold = 0, normalize = false, weighted = false } = options;
  const { x, y } = surface;
  const z = lossOf('topology', surface, loss);
  assertOption(threshold >= 0, 'topology', 'threshold', threshold, 'be at least 0, in the units of the loss');
  const place = (index: number): GridPlace => ({
    index,
    x: x[index % x.length]!,
    y: y[Math.floor(index / x.length)]!,
    value: z[index]!,
  });
  const { pairs, edges, absorbed } = mergeTree(z, x.length, y.length, threshold);
  const minima = pairs
    .map(({ minimum, saddle, persistence }) => ({
      ...place(minimum),
      saddle: saddle === undefined ? undefined : place(saddle),
      persistence,
    }))
    .sort((a, b) => b.persistence - a.persistence || a.value - b.value || a.index - b.index);
  const finite = minima.map(({ persistence }) => persistence).filter(Number.isFinite);
  const total = finite.reduce((sum, p) => sum + p, 0);
  const leaves = new Set(minima.map(({ index }) => index));
  const sizes = weighted ? new Map(basinSizes(z, x, y)) : undefined;
  const sizeOf = (minimum: number) => sizes?.get(minimum) ?? 0;
  for (const [minimum, by] of absorbed) sizes?.set(by, sizeOf(by) + sizeOf(minimum));
  const share = (minimum: number) => (sizes ? sizeOf(minimum) / z.length : 1);
  const gaps = edges
    .filter(([lower]) => leaves.has(lower))
    .map(([lower, upper]) => (z[upper]! - z[lower]!) * share(lower));
  const unit = normalize ? rangeOf(z) || 1 : 1;
  const saddles = Array.from(z.keys())
    .filter((i) => Number.isFinite(z[i]) && valleysAround(z, i, x.length, y.length) > 1)
    .map(place)
    .sort((a, b) => a.value - b.value || a.index - b.index);
  return {
    minima,
    saddles,
    tree: { nodes: [...new Set([...leaves, ...edges.flat()])].map(place), edges },
    totalPersistence: total,
    meanPersistence: finite.length === 0 ? 0 : total / finite.length,
    smad: gaps.length === 0 ? 0 : gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length / unit,
  };
}

function rangeOf(z: Float32Array): number {
  const finite = z.filter(Number.isFinite);
  return finite.reduce((a, b) => Math.max(a, b)) - finite.reduce((a, b) => Math.min(a, b));
}

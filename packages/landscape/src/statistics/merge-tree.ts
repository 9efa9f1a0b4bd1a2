import { ascending, ringOf } from './triangulation.js';

/** A valley that ends where it joins a deeper one. */
interface Pair {
  readonly minimum: number;
  /** Place where it joins a deeper valley; undefined for the deepest of all. */
  readonly saddle: number | undefined;
  /** Height of that saddle above the minimum. */
  readonly persistence: number;
}

export interface MergeTree {
  readonly pairs: readonly Pair[];
  /** From each minimum and saddle to the saddle above it, in the order in which they are reached from below. */
  readonly edges: readonly (readonly [lower: number, upper: number])[];
  /** Minima that left no trace, with the one whose valley took theirs, in the order in which they went. */
  readonly absorbed: readonly (readonly [minimum: number, by: number])[];
}

interface Valley {
  readonly minimum: number;
  /** The highest node of the tree in it. */
  readonly top: number;
}

/**
 * The merge tree of a grid: which valleys there are as the level rises, and where they join. Places are taken in ascending
 * order into a union–find; where one joins several valleys the shallower end (the elder rule). Valleys less deep than
 * `threshold` leave no trace, nor do those of no depth, which are none: parts of a plain that meet on it.
 * @see Edelsbrunner, Harer, Computational Topology, 2010, section VII.1.
 */
export function mergeTree(z: Float32Array, width: number, height: number, threshold: number): MergeTree {
  const parent = new Int32Array(z.length).fill(-1);
  const find = (place: number): number => {
    let root = place;
    while (parent[root] !== root) root = parent[root]!;
    for (let i = place; i !== root; ) {
      const next = parent[i]!;
      parent[i] = root;
      i = next;
    }
    return root;
  };
  const valleys = new Map<number, Valley>();
  const pairs: Pair[] = [];
  const edges: [number, number][] = [];
  const absorbed: [number, number][] = [];
  // Whatever the threshold, there is no valley without depth.
  const least = threshold || Number.MIN_VALUE;
  for (const place of ascending(z)) {
    const roots = new Set(
      ringOf(place, width, height)
        .filter((n) => n >= 0 && parent[n]! >= 0)
        .map(find),
    );
    parent[place] = place;
    if (roots.size === 0) {
      valleys.set(place, { minimum: place, top: place });
      continue;
    }
    const joined = [...roots].map((root) => ({ root, ...valleys.get(root)! }));
    // Places come in ascending order: the minimum that came first is the deepest.
    joined.sort((a, b) => z[a.minimum]! - z[b.minimum]! || a.minimum - b.minimum);
    const [deepest, ...others] = joined;
    const ending = others.filter(({ minimum }) => z[place]! - z[minimum]! >= least);
    for (const one of others) if (!ending.includes(one)) absorbed.push([one.minimum, deepest!.minimum]);
    for (const { minimum } of ending)
      pairs.push({ minimum, saddle: place, persistence: z[place]! - z[minimum]! });
    for (const { top } of ending.length > 0 ? [deepest!, ...ending] : []) edges.push([top, place]);
    for (const { root } of joined) {
      parent[root] = place;
      valleys.delete(root);
    }
    valleys.set(place, { minimum: deepest!.minimum, top: ending.length > 0 ? place : deepest!.top });
  }
  for (const { minimum } of valleys.values())
    pairs.push({ minimum, saddle: undefined, persistence: Number.POSITIVE_INFINITY });
  return { pairs, edges, absorbed };
}

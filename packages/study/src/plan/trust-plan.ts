import type { StudyConfig } from '../config/schema.js';

/** What is measured of a surface to tell how far to trust it. */
export interface TrustPlan {
  /** Other pairs of directions, around the last network of each loss, or everywhere. */
  readonly pairs: number;
  /** Of the Hessian, there too. */
  readonly eigenvectors: number;
  /** Whether what is chance in the choice of images is told along a line, there too. */
  readonly images?: true;
  /** Whether the other pairs are drawn around every kept epoch. */
  readonly everywhere?: true;
  /** Whether the networks of other seeds are drawn, over the same planes. */
  readonly seeds?: true;
}

/** Two and the surface itself are three: the fewest whose spread says something. */
const fewPairs = 2;

/** Undefined where nothing is to be told of trust. */
export function trustPlan({ landscape }: Pick<StudyConfig, 'landscape'>): TrustPlan | undefined {
  const { enabled, maps, trust, curvature } = landscape;
  if (!enabled || !maps || trust === false) return undefined;
  const given = trust === true ? {} : trust;
  return {
    pairs: given.pairs ?? fewPairs,
    eigenvectors: given.eigenvectors ?? curvature?.eigenvalues ?? 0,
    ...(given.images && { images: true }),
    ...(given.moments === 'all' && { everywhere: true }),
    ...(given.seeds && { seeds: true }),
  };
}

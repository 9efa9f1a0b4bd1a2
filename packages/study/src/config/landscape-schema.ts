import { z } from 'zod';
import { count, seed } from './schema-words.js';

/** Loss surfaces of a study, and what is measured around them. */
export const landscape = z.strictObject({
  enabled: z.boolean().default(true),
  /** Points along each axis; odd, so that the checkpoint itself is one. */
  resolution: z.number().int().min(2).max(501).default(15),
  /** The axes go from −range to range, in units of the filter-normalised directions. */
  range: z.number().positive().default(1),
  /** When in training: `start`, `middle`, `end`, or numbers of epochs. */
  checkpoints: z
    .array(z.union([z.enum(['start', 'middle', 'end']), z.number().int().min(0)]))
    .min(1)
    .default(['start', 'middle', 'end']),
  /** Training images that a point is evaluated on. */
  samples: count.default(8),
  seed: seed.default(42),
  /**
   * Also the paths of the trainings, all losses on one map, the barriers between them, and where each gradient comes from.
   * Keeps the weights of some ten epochs of the first seed.
   */
  maps: z.boolean().default(true),
  norm: z.enum(['filter', 'layer', 'model', 'weight', 'dfilter', 'dlayer', 'none']).default('filter'),
  /**
   * With the maps: how far to trust each surface (what its plane holds of path and gradient, and what rounding leaves open).
   * Costs about five points of each surface; `pairs` other pairs of directions around the last network of each loss (default
   * 2; 0: none) cost as many surfaces, and say how far its statistics are chance; `eigenvectors` of the Hessian (default as
   * many as `curvature` computes, else 0) say how steeply bent what the plane shows is; `images` (default false) draws what is chance
   * in the choice of images into the line of each loss, and costs as many images as a line has points times samples.
   * `moments: all` draws the other pairs around every kept epoch, so that the statistics' curves through training have intervals
   * (default `last`); `seeds` (default false) draws the networks of all other seeds over the same planes, too, at the same moments,
   * so that these intervals hold what is chance in the seed, and costs as many surfaces for each.
   */
  trust: z
    .union([
      z.boolean(),
      z.strictObject({
        pairs: z.number().int().min(0).max(50).optional(),
        eigenvectors: z.number().int().min(0).max(10).optional(),
        images: z.boolean().optional(),
        moments: z.enum(['last', 'all']).optional(),
        seeds: z.boolean().optional(),
      }),
    ])
    .default(true),
  /**
   * With the maps: the Hessian's largest eigenvalues, its trace and the sharpness, at each kept epoch of the first seed.
   * Default: not computed; a product with the Hessian takes about as long as two training steps.
   */
  curvature: z
    .strictObject({
      /** How many of the largest. */
      eigenvalues: z.number().int().min(1).max(10).default(2),
      /** Products with the Hessian for the trace. */
      probes: z.number().int().min(6).max(999).default(30),
    })
    .optional(),
  /**
   * With the maps: epochs of each training at which the cosines between all losses' gradients are computed. Default 4; 0: none.
   * Costs a training step of every loss at each.
   */
  gradientCosines: z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(4)
    .describe('Epochs at which the cosines between the gradients of the losses are computed.'),
  /**
   * With the maps: epochs of each training at which it is measured which pixels move the weights, by the loss that it is trained with.
   * Default 2, the first and the last; 0: none. Costs a training step for each group of pixels, some ten of them, at each.
   */
  weightGradients: z
    .number()
    .int()
    .min(0)
    .max(50)
    .default(2)
    .describe('Epochs at which the shares of groups of pixels in the gradient of the weights are computed.'),
  /**
   * With the maps: how alike the last networks of each two losses are, layer by layer (linear CKA). Default true; costs some ten
   * forward passes of each network.
   */
  similarity: z.boolean().default(true).describe('Compare the layers of the networks of each two losses.'),
  /**
   * With the maps: pictures that excite filters of the network of each loss, by gradient ascent. Default: none; `count` filters of a
   * layer cost about `steps` training steps. Networks of volumes have none.
   */
  filters: z
    .strictObject({
      /** Names of layers. Default the first, the middle and the last but one. */
      layers: z.array(z.string()).min(1).max(20).optional(),
      /** The first so many filters of each layer. */
      count: z.number().int().min(1).max(16).default(4),
      /** Of gradient ascent. */
      steps: z.number().int().min(1).max(10_000).default(64),
    })
    .optional()
    .describe('Pictures that excite filters of the networks.'),
});

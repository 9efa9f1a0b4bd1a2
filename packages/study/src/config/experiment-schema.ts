import { z } from 'zod';
import { count } from './schema-words.js';

/** An image by its id, or by how much foreground the training images have. */
const image = z.union([
  z.string().min(1),
  z.strictObject({
    /** The training image with the least foreground that has any, or with the most. */
    foreground: z.enum(['little', 'much']),
  }),
]);

/** The single-image experiment: one image trained on alone, under each loss, from the same weights. */
export const experiment = z.strictObject({
  /** Default the training images with the least and with the most foreground. */
  images: z
    .array(image)
    .min(1)
    .max(20)
    .default([{ foreground: 'little' }, { foreground: 'much' }]),
  /**
   * The weights that all losses begin with: `initial` (default), those before training; or those of a training of the first seed, as
   * they are scored or of the kept epoch nearest to a number.
   */
  from: z
    .union([
      z.literal('initial'),
      z.strictObject({
        /** The label of the loss. */
        loss: z.string(),
        epoch: z.union([z.literal('scored'), z.number().int().min(0)]).default('scored'),
      }),
    ])
    .default('initial'),
  /** Default 1,000, as in the original study. */
  iterations: count.max(1_000_000).default(1000),
  /** Iterations between two sets of pictures. Default 100. */
  every: count.default(100),
  /** Default that of the loss's trainings; the original study took a tenth of it. Schedules are left out. */
  learningRate: z.number().positive().optional(),
});

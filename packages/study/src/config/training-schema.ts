import { z } from 'zod';
import { count, named, orWord, seed } from './schema-words.js';

/** How networks are trained and chosen. */
export const training = z.strictObject({
  epochs: count.default(20),
  /**
   * How long trainings last, in place of `epochs` and `repeats`: so many minutes for the whole study on this machine, so
   * many steps or epochs for each training. Minutes and steps are settled when the run begins, and recorded.
   */
  budget: z
    .strictObject({
      minutes: z.number().positive().max(100_000).optional(),
      steps: count.optional(),
      epochs: count.optional(),
    })
    .refine(
      (given) => Object.values(given).filter((value) => value !== undefined).length === 1,
      'give one of minutes, steps and epochs',
    )
    .optional(),
  batchSize: count.default(4),
  /** Each loss is trained once with each of these. */
  seeds: z
    .array(seed)
    .min(1)
    .refine((all) => new Set(all).size === all.length, 'a seed is given twice')
    .default([1]),
  /**
   * `decided` trains with one more seed after the other until the leading loss is settled against each of the others, or there
   * are `maxSeeds`. Looks begin at three seeds; how it went stands in `decision.json`. Default: the seeds that are given.
   */
  until: z.enum(['decided']).optional().describe('Adds seeds until the leading loss is settled.'),
  /** Seeds of each loss, at the most, for `until: decided`. Default 8, or as many as `seeds` are. */
  maxSeeds: z.number().int().min(3).max(1000).optional().describe('Most seeds, for until: decided.'),
  optimizer: orWord(named).default({ kind: 'adam', learningRate: 1e-3 }),
  /**
   * The learning rate of every loss, in place of the optimiser's; or rates to search among for each loss by itself, by
   * successive halving on the validation images (a fifth of the training images where the split has none), with equal compute
   * for every loss.
   */
  learningRate: z
    .union([
      z.number().positive(),
      z.strictObject({
        /** The candidates, in any order. */
        search: z
          .array(z.number().positive())
          .min(2)
          .max(16)
          .refine((all) => new Set(all).size === all.length, 'a rate is given twice'),
        /** Epochs that the last candidates train for. Default a quarter of the training's. */
        epochs: count.optional().describe('Epochs that the last candidates train for.'),
      }),
    ])
    .optional()
    .describe('Learning rate of every loss, or rates to search among for each.'),
  /**
   * By which means and variances batch normalisation works where networks are scored, kept, predicted with and drawn:
   * `running`, those that follow the training batches (default), or `precise`, computed anew over all training batches.
   */
  batchNorm: z
    .enum(['running', 'precise'])
    .optional()
    .describe('Batch statistics: those that follow training, or those of all training batches.'),
  /** Batches for each update of the weights, by the mean of their gradients, in the memory of one. Default 1. */
  accumulate: count.max(1000).optional().describe('Batches for each update of the weights.'),
  /**
   * Of models with `deepSupervision`: weights of their outputs in the loss, the finest first; divided by their sum. Default 1, ½,
   * ¼, ….
   */
  supervision: z
    .array(z.number().nonnegative())
    .min(1)
    .refine((all) => all.some((weight) => weight > 0), 'one weight at the least must be above 0')
    .optional()
    .describe('Weights of the outputs of deep supervision, the finest first.'),
  /**
   * Trained weights to begin with: a checkpoint of a run (`checkpoints/dice/seed-1/best.safetensors`), any safetensors file of
   * the same names, or a `.pt` of PyTorch. What the file lacks or has in another shape begins afresh.
   */
  initialise: z
    .strictObject({
      /** The file (in a browser, its URL), or the folder of a run, whose network is taken that validation chose. */
      weights: z.string(),
      /** Of a run: the label of the loss whose network is taken. Default the best on its validation images, else the first. */
      loss: z.string().optional(),
      /** Of a run: the seed whose network is taken. Default the first. */
      seed: z.number().int().optional(),
      /** Parameters that no training moves, by name; `*` stands for any letters: `encoder.*`. Default none. */
      freeze: z.array(z.string().min(1)).optional(),
    })
    .optional()
    .describe('Trained weights to begin with.'),
  /** Trainings that run at the same time, with the same results; how many a machine takes is for its cores and memory to say. Default 1. */
  parallel: count.max(64).optional().describe('Trainings that run at the same time.'),
  /**
   * Which weights are scored and predicted with: of the epoch that is best on the validation images, of the last, or the
   * running average of the weights at the last. Default `best` with validation images, else `last`; `best` without any
   * sets a fifth of the training images aside.
   */
  select: z.enum(['best', 'last', 'ema']).optional(),
  /** Validation measure that chooses, `loss` or `iou.disc` for instance. Default the IoU of the rarest class. */
  selectBy: z.string().optional(),
  /** Epochs without a better validation value after which a training ends. Default: none does. */
  patience: count.optional(),
  /**
   * What is kept of a training at the epochs that surfaces are drawn at: `states`, from which it could go on, too (default), or
   * `weights` alone, a third of that, and none in later folds. The latest and the best state are kept in any case.
   */
  keep: z.enum(['states', 'weights']).optional().describe('What is kept at the epochs of the surfaces.'),
  /** Decay of the running average for `select: ema`. Default 0.99. */
  averageDecay: z
    .union([z.number().gt(0).lt(1), z.literal('equal')])
    .optional()
    .describe('Decay of the running average of weights, or equal: their mean.'),
  /** Epochs before the running average begins, for `select: ema`. Default 0. */
  averageFrom: z.number().int().min(0).optional(),
  /** Passes over the training images in one epoch, for small data sets. */
  repeats: count.default(1),
});

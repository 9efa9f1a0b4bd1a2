import { isRecord } from '@segscape/core';
import { z } from 'zod';
import { experiment } from './experiment-schema.js';
import { landscape } from './landscape-schema.js';
import { count, fraction, named, orWord, seed } from './schema-words.js';
import { training } from './training-schema.js';

/** One of several networks. */
const network = named.extend({
  /** How it is called in files and figures. Default: the kind with its options. */
  label: z.string().optional(),
});

/** A loss inside of another may be its kind alone, too. */
function spelledOut(loss: unknown): unknown {
  if (typeof loss === 'string') return { kind: loss };
  return isRecord(loss) ? { ...loss, ...partsOf(loss) } : loss;
}

/** What our losses of other losses hold, spelled out. Of one's own loss, `terms` may mean anything. */
function partsOf({ kind, name = kind, terms, loss }: Readonly<Record<string, unknown>>) {
  const term = (given: unknown) => (isRecord(given) ? { ...given, loss: spelledOut(given.loss) } : given);
  if (name === 'weightedSum' && Array.isArray(terms)) return { terms: terms.map(term) };
  return name === 'pixelWeighted' && loss !== undefined ? { loss: spelledOut(loss) } : {};
}

const loss = z
  .union([
    z.string(),
    z.looseObject({
      /** A loss of @segscape/losses (`crossEntropy`, `focal`, `dice`, …) or of a plug-in. */
      kind: z.string().optional(),
      /** The older word for `kind`. */
      name: z.string().optional(),
      /** How it is called in files and figures. Default: the kind with its options. */
      label: z.string().optional(),
      /** The learning rate of its trainings alone, in place of `training.learningRate`. */
      learningRate: z.number().positive().optional(),
    }),
  ])
  .transform((given, context) => {
    const { kind, name, label, learningRate, ...options } =
      typeof given === 'string' ? { kind: given } : given;
    const said = kind ?? name;
    if (said === undefined) context.addIssue({ code: 'custom', message: 'a loss needs its kind' });
    return {
      kind: said ?? '',
      ...options,
      ...partsOf({ ...options, kind: said }),
      ...(learningRate !== undefined && { learningRate }),
      ...(label !== undefined && { label }),
    };
  });

const plugin = z.union([
  z.string(),
  z.strictObject({
    /** The module's file. */
    path: z.string(),
    /** Of its content; a run that goes on refuses another. */
    sha256: z.string(),
  }),
]);

/** One for each channel. */
const figures = z.array(z.number()).min(1);
const pixels = z.number().min(-64).max(64);

const data = named.extend({
  /**
   * Default the data's own, where they have one (nnU-Net's folds, ISBI 2012), else a quarter is tested. Shares, counts, or a JSON
   * file with lists of ids by split name; or `{ folds: 5 }`, cross-validation: each loss and seed is trained
   * once for each fold, and every image is tested once, by the networks that never saw it. Networks are drawn, and their surfaces,
   * from the first fold.
   */
  split: z
    .union([
      z.string(),
      z
        .strictObject({
          train: z.number().positive().optional(),
          /** With folds: of what each fold trains on. */
          validation: z.number().min(0).optional(),
          test: z.number().positive().optional(),
          folds: z.number().int().min(2).max(100).optional(),
        })
        .superRefine(({ train, test, folds }, context) => {
          if (folds === undefined && test === undefined)
            context.addIssue({ code: 'custom', message: 'give test, or folds' });
          if (folds !== undefined && (train ?? test) !== undefined)
            context.addIssue({
              code: 'custom',
              message: 'each of the folds is the test part once: leave train and test out',
            });
        }),
    ])
    .optional(),
  splitSeed: seed.default(0),
  /**
   * Height and width of training crops, of volumes `[depth, height, width]`; `auto` takes whole images when they are of one size,
   * else crops as small as the smallest.
   */
  crop: z.union([z.literal('auto'), z.tuple([count, count]), z.tuple([count, count, count])]).default('auto'),
  /**
   * Share of the training crops that are centred on a pixel of the foreground, of a class drawn among those that the image has
   * (0.33 as in nnU-Net); the others lie anywhere. Needs crops smaller than the images.
   */
  foreground: fraction.optional().describe('Share of the training crops that are centred on the foreground.'),
  /**
   * Pixels by which the masks lie below and to the right of the edges of their images: images are moved by as much, before they are
   * scaled. `segscape data` measures it.
   */
  maskOffset: z
    .tuple([pixels, pixels])
    .optional()
    .describe('Pixels by which masks lie below and to the right of what they show.'),
  /** Images with more pixels than this are scaled down first. Default: as they are. */
  maxPixels: count.optional(),
  /**
   * How intensities become the network's input: `scale` (default; by the type's range), `none`, by each image's own
   * figures `zscore`, `percentile` or `minmax`; by those of all training images `{ by: zscore, of: dataset }`; or figures
   * that are known.
   */
  normalize: z
    .union([
      z.enum(['scale', 'none', 'zscore', 'standard', 'percentile', 'minmax']),
      z.strictObject({
        by: z.enum(['zscore', 'percentile', 'minmax']),
        of: z.enum(['image', 'dataset']).default('dataset'),
      }),
      z.strictObject({ mean: figures, deviation: figures }),
      z.strictObject({ low: figures, high: figures }),
    ])
    .optional(),
  /**
   * Classes that overlap: each is for itself, by its sigmoid, and a pixel may be of several or of none. A folder gives them by
   * `pair: { disc: '{name}_disc', cup: '{name}_cup' }`, COCO by its categories; of other data each class but the first becomes
   * one, so that two classes are a network of one logit. Default false: classes exclude each other.
   */
  overlapping: z.boolean().optional().describe('Whether a pixel may be of several classes, or of none.'),
  /** Contrast-limited adaptive histogram equalisation of every image before augmentation. */
  clahe: z
    .union([
      z.boolean(),
      z.strictObject({
        tiles: z.tuple([count, count]).optional(),
        clipLimit: z.number().min(0).optional(),
        colour: z.enum(['luma', 'each']).optional(),
      }),
    ])
    .optional(),
});

const report = z.strictObject({
  title: z.string().optional(),
  /** Call images `image-001`, … and patients `patient-001`, … in the report, so that it names nobody. Default: by their names. */
  pseudonyms: z.boolean().optional(),
  /**
   * Test images that are shown, at the least; the first so many have every loss per pixel, and pictures through training. The
   * worst, the best and the most disputed image of each loss among all test images are shown in any case, the first.
   */
  samples: count.default(3),
  /**
   * Epochs before the last that the first `samples` images are drawn at, too, of those whose weights are kept (of the beginning there
   * are more). Default up to five, fewer where their loss maps would come to more than some 30 MB; 0 or `last`: none.
   */
  pictureEpochs: z
    .union([z.literal('last'), z.number().int().min(0).max(100)])
    .optional()
    .describe('Epochs before the last that pictures are drawn at, too; 0 or last: none.'),
});

export const studySchema = z.strictObject({
  name: z.string().default('study'),
  data: orWord(data).default({ kind: 'phantom', splitSeed: 0, crop: 'auto' }),
  augment: z.array(orWord(named.extend({ probability: fraction.optional() }))).default([]),
  /**
   * How transforms that follow each other move pixels: together, in one resampling (`once`), or each by itself (`each`, as runs did
   * that say nothing). Random numbers are the same, and so are the bits where one of them interpolates. With `once`, `data.crop` is
   * taken in the same resampling, and intensities that change after it change in the crop alone. Default `once`.
   */
  resampling: z
    .enum(['once', 'each'])
    .optional()
    .describe('Whether transforms that follow each other move pixels in one resampling, or each by itself.'),
  model: orWord(named).default({ kind: 'unet', baseChannels: 16, depth: 4, norm: 'batch' }),
  /**
   * Networks that are compared, in place of `model`: every loss is trained with each of them, and called `dice @ unet` then; `model`
   * stands for the first.
   */
  models: z
    .array(orWord(network))
    .min(2)
    .optional()
    .describe('Networks that are compared, in place of model: every loss is trained with each.'),
  losses: z.array(loss).min(1).prefault(['crossEntropy']),
  /** What networks are scored by beside the overlap measures: `hausdorff`, `{ kind: surfaceDice, tolerance: 2 }`. */
  measures: z.array(orWord(named)).default([]),
  /** Modules whose default export is a list of kinds of one's own. */
  plugins: z.array(plugin).default([]),
  training: training.prefault({}),
  landscape: landscape.prefault({}),
  /** Default: none. */
  experiment: experiment
    .optional()
    .describe('One image trained on alone, under each loss, from the same weights.'),
  report: report.prefault({}),
});

/** A study as people write it: everything has a default. */
export type StudyInput = z.input<typeof studySchema>;

/** A study with all defaults filled in; what `config.yaml` of a run folder holds. */
export type StudyConfig = z.output<typeof studySchema>;

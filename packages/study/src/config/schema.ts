import { z } from 'zod';

const fraction = z.number().min(0).max(1);
const count = z.number().int().positive();
const seed = z.number().int();

/** `kind` chooses an entry of the registry; everything else goes to it. */
const named = z.looseObject({ kind: z.string() });

/** A word stands for a kind without options. */
const kindOrWord = z
  .union([z.string(), named])
  .transform((given) => (typeof given === 'string' ? { kind: given } : given));

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
    }),
  ])
  .transform((given, context) => {
    const { kind, name, label, ...options } = typeof given === 'string' ? { kind: given } : given;
    const said = kind ?? name;
    if (said === undefined) context.addIssue({ code: 'custom', message: 'a loss needs its kind' });
    return { kind: said ?? '', ...options, ...(label !== undefined && { label }) };
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

const data = named.extend({
  /** Shares, counts, or a JSON file with lists of ids by split name. */
  split: z
    .union([
      z.string(),
      z.strictObject({
        train: z.number().positive().optional(),
        validation: z.number().min(0).optional(),
        test: z.number().positive(),
      }),
    ])
    .default({ test: 0.25 }),
  splitSeed: seed.default(0),
  /** Height and width of training crops; `auto` takes whole images when they are of one size. */
  crop: z.union([z.literal('auto'), z.tuple([count, count])]).default('auto'),
  /** Images with more pixels than this are scaled down first. Default: as they are. */
  maxPixels: count.optional(),
});

const training = z.strictObject({
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
  optimizer: named.default({ kind: 'adam', learningRate: 1e-3 }),
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
  /** Decay of the running average for `select: ema`. Default 0.99. */
  averageDecay: z.number().gt(0).lt(1).optional(),
  /** Passes over the training images in one epoch, for small data sets. */
  repeats: count.default(1),
});

const landscape = z.strictObject({
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
  norm: z.enum(['filter', 'layer', 'weight', 'dfilter', 'dlayer', 'none']).default('filter'),
});

const report = z.strictObject({
  title: z.string().optional(),
  /** Test images shown with predictions and loss maps. */
  samples: count.default(3),
});

export const studySchema = z.strictObject({
  name: z.string().default('study'),
  data: data.default({ kind: 'phantom', split: { test: 0.25 }, splitSeed: 0, crop: 'auto' }),
  augment: z.array(named.extend({ probability: fraction.optional() })).default([]),
  model: named.default({ kind: 'unet', baseChannels: 16, depth: 4, norm: 'batch' }),
  losses: z.array(loss).min(1).prefault(['crossEntropy']),
  /** What networks are scored by beside the overlap measures: `hausdorff`, `{ kind: surfaceDice, tolerance: 2 }`. */
  measures: z.array(kindOrWord).default([]),
  /** Modules whose default export is a list of kinds of one's own. */
  plugins: z.array(plugin).default([]),
  training: training.prefault({}),
  landscape: landscape.prefault({}),
  report: report.prefault({}),
});

/** A study as people write it: everything has a default. */
export type StudyInput = z.input<typeof studySchema>;

/** A study with all defaults filled in; what `config.yaml` of a run folder holds. */
export type StudyConfig = z.output<typeof studySchema>;

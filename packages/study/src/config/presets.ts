import type { StudyInput } from './schema.js';

/** The comparison that every small preset makes: two weights of cross-entropy, focal, and an overlap loss. */
const fourLosses: StudyInput['losses'] = [
  { kind: 'crossEntropy', label: 'CE 1:1' },
  { kind: 'crossEntropy', classWeights: [1, 3], label: 'CE 1:3' },
  { kind: 'focal', gamma: 2, label: 'Focal γ=2' },
  { kind: 'dice', label: 'Dice' },
];

/** Nothing to download: procedural fundi, a quarter of them for testing. */
const sixtyFourFundi: StudyInput['data'] = {
  kind: 'phantom',
  phantom: 'fundus',
  count: 64,
  height: 128,
  width: 128,
  seed: 7,
  split: { test: 16 },
};

const lightAugmentation: StudyInput['augment'] = [
  { kind: 'flip' },
  { kind: 'elastic', alpha: 60, sigma: 8, probability: 0.5 },
  { kind: 'brightness', delta: 15 },
  { kind: 'gaussianNoise', sigma: [0, 6] },
];

/** The original study's losses. */
const studyLosses: StudyInput['losses'] = [
  ...[1, 2, 3, 4].map((weight) => ({
    kind: 'crossEntropy',
    classWeights: [1, weight],
    label: `CE 1:${weight}`,
  })),
  ...[1, 2, 3, 5].map((gamma) => ({ kind: 'focal', gamma, gradient: 'detached', label: `Focal γ=${gamma}` })),
];

/** Ready-made plans; a config or the command line overrides any part. */
export const presets = {
  /** Nothing to download: a procedural fundus, small nets that really learn, surfaces at three moments. */
  demo: {
    name: 'demo',
    data: sixtyFourFundi,
    augment: lightAugmentation,
    model: { kind: 'unet', baseChannels: 12, depth: 4, norm: 'batch' },
    losses: fourLosses,
    training: {
      epochs: 12,
      batchSize: 4,
      seeds: [1],
      select: 'best',
      optimizer: { kind: 'adam', learningRate: 3e-3, schedule: 'cosine' },
    },
    landscape: { resolution: 13, samples: 4 },
  },
  /** Any folder, within minutes: images scaled down, a small net, coarse surfaces. */
  quick: {
    name: 'quick',
    data: {
      kind: 'phantom',
      phantom: 'fundus',
      count: 32,
      height: 96,
      width: 96,
      seed: 7,
      split: { test: 0.25 },
      maxPixels: 32768,
    },
    augment: lightAugmentation,
    model: { kind: 'unet', baseChannels: 8, depth: 4, norm: 'batch' },
    losses: fourLosses,
    training: {
      // Steps, not epochs: a folder of fifteen images learns as long as one of fifty.
      budget: { steps: 240 },
      batchSize: 4,
      seeds: [1],
      select: 'best',
      optimizer: { kind: 'adam', learningRate: 3e-3, schedule: 'cosine' },
    },
    landscape: { resolution: 9, samples: 4 },
  },
  /** The dissertation's comparison at its own size: RIM-ONE r3, valid convolutions, 1,000 epochs. Days on a CPU. */
  'original-study': {
    name: 'original-study',
    data: { kind: 'rim-one', scale: 0.4, maskThreshold: 20, split: { test: 9 }, crop: [388, 388] },
    augment: [{ kind: 'flip' }],
    model: {
      kind: 'unet',
      baseChannels: 32,
      depth: 5,
      padding: 'valid',
      norm: 'none',
      initializer: 'study-normal',
    },
    losses: studyLosses,
    training: { epochs: 1000, batchSize: 4, optimizer: { kind: 'adam', learningRate: 1e-4 } },
    landscape: { resolution: 25, samples: 4 },
  },
  /** The same comparison on the procedural fundus, small enough for an evening. */
  'study-small': {
    name: 'study-small',
    data: sixtyFourFundi,
    augment: [{ kind: 'flip' }],
    model: { kind: 'unet', baseChannels: 16, depth: 4, norm: 'none' },
    losses: studyLosses,
    training: { epochs: 60, batchSize: 4, seeds: [1, 2, 3], optimizer: { kind: 'adam', learningRate: 1e-3 } },
    landscape: { resolution: 21, samples: 8 },
  },
  /** The sister project's plan for membranes in electron microscopy (ISBI 2012). */
  'sister-project': {
    name: 'sister-project',
    data: {
      kind: 'phantom',
      phantom: 'membrane',
      count: 30,
      height: 256,
      width: 256,
      seed: 7,
      split: { test: 3 },
      crop: [192, 192],
    },
    augment: [
      { kind: 'flip' },
      { kind: 'elastic', alpha: 34, sigma: [6, 12], probability: 0.8 },
      { kind: 'brightness', delta: 20 },
      { kind: 'gaussianNoise', sigma: [0, 20] },
    ],
    model: { kind: 'unet', baseChannels: 16, depth: 4, norm: 'batch' },
    losses: fourLosses,
    training: { epochs: 60, batchSize: 4, optimizer: { kind: 'adam', learningRate: 5e-4 } },
  },
  /** One of each family of losses. */
  'losses-zoo': {
    name: 'losses-zoo',
    data: sixtyFourFundi,
    augment: lightAugmentation,
    model: { kind: 'unet', baseChannels: 12, depth: 4, norm: 'batch' },
    losses: [
      ...fourLosses,
      { kind: 'generalizedDice', label: 'Generalised Dice' },
      { kind: 'tversky', alpha: 0.3, beta: 0.7, label: 'Tversky' },
      { kind: 'focalTversky', label: 'Focal Tversky' },
      { kind: 'lovasz', label: 'Lovász' },
      { kind: 'logCoshDice', label: 'Log-cosh Dice' },
      { kind: 'topK', label: 'Top-k' },
      { kind: 'unifiedFocal', label: 'Unified focal' },
    ],
    training: {
      epochs: 20,
      batchSize: 4,
      optimizer: { kind: 'adam', learningRate: 3e-3, schedule: 'cosine' },
    },
  },
} as const satisfies Record<string, StudyInput>;

export type PresetName = keyof typeof presets;

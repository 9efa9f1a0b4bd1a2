/**
 * What the main entry of each package may weigh in a page: KB (1000 bytes) of gzip, with our other packages, TensorFlow.js and
 * ONNX Runtime left out, what is loaded on demand weighed apart. Where a goal is not met yet, the budget is today's size
 * rounded up, with the goal beside it: a budget is lowered with the size and never raised without a reason in the changeset.
 */
const eager = {
  core: 6,
  morphology: 8,
  backend: 18,
  data: 45, // pictures shrunk while they are decoded; which planes of a file are meant, tiles of volumes, series of slices
  augment: 27.5, // goal 6: splines, noise and bytes four at a time in WebAssembly, draws that are told of and replayed came on top; its loops stand twice, in WebAssembly and plain; the options' schemas came on top
  models: 18.5, // goal 7: names of nnU-Net, MONAI and residual networks in PyTorch; nnU-Net's plan and residual encoder, and what of foreign networks fits, came on top
  losses: 21.5, // goal 12: 25 losses, weight maps and configs by themselves are 16.7; 2.5 are morphology, 2 the checks of options
  metrics: 23, // goal 14: its measures by themselves are 16.5; 3 are morphology, 2 the checks of options
  jit: 40, // toOnnx among it; what jit compiles by is loaded on demand
  train: 9, // goal 12: what trains comes on demand, the gradients of all kernels with the compiler
  landscape: 15, // goal 14
  runs: 44, // exports to CSV and MLflow came on top
  report: 106, // figures that are saved, the single-image experiment, power and folds came on top; its own viewer of surfaces; 1.6 MB of plotly on demand went
  study: 175, // goal 90: the config's checks (yaml, zod) and all kinds with their options: data, losses, models, augmentation
};

/** One function of a package alone: what a page gets that imports one loss. */
const alone = { 'losses.dice': 6.5 }; // two thirds are the checks of options and labels

/** Loaded on demand: readers of volumes and rare formats, what compiles functions, and the like. */
const lazy = { report: 1071, study: 1340 }; // h5wasm, which reads surfaces, is 1 MB of both; what explains a result is measured and shown on demand

const budgets = (limits, part) =>
  Object.entries(limits).map(([name, limit]) => ({
    name: part === 'eager' ? name : `${name}, on demand`,
    path: `node_modules/.page-bundles/${name}/${part}.js`,
    limit: `${limit} KB`,
    gzip: true,
  }));

export default [...budgets(eager, 'eager'), ...budgets(alone, 'eager'), ...budgets(lazy, 'lazy')];

/**
 * What the main entry of each package may weigh in a page: KB (1000 bytes) of gzip, with our other packages, TensorFlow.js and
 * ONNX Runtime left out, what is loaded on demand weighed apart. Where a goal is not met yet, the budget is today's size
 * rounded up, with the goal beside it: a budget is lowered with the size and never raised without a reason in the changeset.
 */
const eager = {
  core: 6.3, // counts in words, rasters told, options that no function has, and seeds of more than 32 bits, came on top
  morphology: 8.9, // arguments that cannot be meant are told; lines between basins, compact basins and scikit-image's skeleton came on top
  backend: 19.9, // windows rounded up, places outside and odd kernels of wasm came on top; WebGL programs of optimisers; reductions over nothing on wasm came on top
  data: 43.1, // ids of any dataset; print resolutions told from scales; colours of a palette by words; where a relative path starts; ISBI 2012, colours of masks told apart; both eyes of a person, caches of all datasets, the order of an epoch, a sample's random numbers and COCO's picked files came on top; which planes of a file are meant, tiles of volumes, series of slices; every decoder but PNG's is loaded on demand
  augment: 21.3, // core's nearer words; what is no sample, raster or stream told; goal 6: nnU-Net's intensities came on top; its plain loops, draws that are told of and replayed, the options' schemas; WebAssembly is loaded on demand
  models: 20.3, // core's nearer words; goal 7: biases, layouts and plans that do not fit told came on top; names of nnU-Net, MONAI and residual networks in PyTorch; nnU-Net's plan, its plans.json and residual encoder, and what of foreign networks fits, came on top
  losses: 23.2, // a log-cosh that is exact on GPUs; maps of one logit, and counts that single precision rounds; what no loss can be called with told, and terms that keep what they prepare; goal 12: 25 losses, weight maps and configs by themselves are 16.7; 2.5 are morphology, 2 the checks of options; MONAI's weights and smoothing of the Wasserstein Dice came on top
  metrics: 25.5, // power by the non-central t; groups, tables and states that do not fit told; core's nearer words; impossible values told, seeds of more than 32 bits came on top; goal 14: its measures by themselves are 17.4; 3 are morphology, 2 the checks of options; clDice, class-wise calibration and the best pairing of objects came on top
  jit: 41.6, // numbers known beforehand, files for all runtimes and results of one's own came on top; unknown options refused came on top; toOnnx among it; what jit compiles by is loaded on demand
  train: 10, // what is no model, loss, state or callback told; the updates of Adam by backend; unknown options of fit and every callback refused came on top; goal 12: what trains comes on demand, the gradients of all kernels with the compiler
  landscape: 13.5, // values that do not fill their axes told; arguments that cannot be meant told; surfaces, lines, curvature, paths and evidence are loaded on demand
  runs: 46.2, // records that are none; records that are none refused; exports to CSV and MLflow, and TensorBoard's pictures and histograms came on top
  report: 111, // values that do not fill their axes told; what landscape and runs refuse, and steps that cancel; words of one patient and of volumes, what maps say of batch normalisation, intervals over seeds, pictures that are saved with the numbers of their maps, measures that suit the masks, figures and sheets of pictures that are saved, the single-image experiment, power and folds, its own viewer of surfaces, and asking what is seen from a place
  study: 177.9, // what is told before training; the images of a run told from others, validation that cannot choose, types of pixels; images moved to their masks; errors of a config in words, thresholds that travel; ISBI 2012; the checks of its parts' arguments, what is said of eyes and units, goal 90: what making a part finds said with its line came on top; crops in one resampling, more schedules, judged networks, a start from a run and what split leaves out came on top; the config's checks (yaml, zod) and all kinds with their options: data, losses, models, augmentation; all measures of metrics came on top
};

/** One function of a package alone: what a page gets that imports one loss. */
const alone = { 'losses.dice': 6.9 }; // two thirds are the checks of options and labels

/** Loaded on demand: readers of volumes and rare formats, what compiles functions, and the like. */
const lazy = { report: 1072, study: 1430 }; // how far masks lie off; h5wasm, which reads surfaces, is 1 MB of both; Zstandard in WebAssembly is 30, WebGL's shaders 5; what explains a result is measured and shown on demand

const budgets = (limits, part) =>
  Object.entries(limits).map(([name, limit]) => ({
    name: part === 'eager' ? name : `${name}, on demand`,
    path: `node_modules/.page-bundles/${name}/${part}.js`,
    limit: `${limit} KB`,
    gzip: true,
  }));

export default [...budgets(eager, 'eager'), ...budgets(alone, 'eager'), ...budgets(lazy, 'lazy')];

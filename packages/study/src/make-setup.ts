import { type Dataset, type Split, type SplitLists, splitDataset } from '@segscape/data';
import { assertClassNames } from './class-names.js';
import type { StudyConfig } from './config/schema.js';
import { assertFiniteImages } from './finite-images.js';
import { type FoldSetup, foldSetup } from './fold-setup.js';
import { keptSamples } from './kept-samples.js';
import type { Options } from './kinds/kind.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { limited } from './limited-pixels.js';
import { withMaskOffset } from './mask-offset.js';
import { overlappingData } from './overlapping/overlapping-dataset.js';
import { assertNumbers } from './overlapping/sigmoid-losses.js';
import { withClahe } from './preprocessing.js';
import type { FoldSizes, Setup } from './setup.js';
import { studiedNetworks } from './studied-networks.js';
import { surveyOf } from './survey.js';

/** Builds data, model and losses of a study. */
export async function makeSetup(
  config: StudyConfig,
  registry: StudyRegistry,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Setup> {
  const {
    kind,
    split,
    splitSeed,
    maxPixels,
    crop: _,
    normalize: __,
    clahe: ___,
    foreground: ____,
    maskOffset,
    overlapping = false,
    ...options
  } = config.data;
  const limit = (whole: Dataset) => limited(withMaskOffset(whole, maskOffset), maxPixels);
  const read = async (given: Options) => entry(registry.data, 'data', kind)(given);
  const given = overlapping
    ? await overlappingData({ kind, ...options }, { read, limit })
    : exclusive(limit(await read(options)));
  const dataset = keptSamples(withClahe(given.dataset, config));
  const { classes } = given;
  assertClassNames(classes);
  const divisions = await divisionsOf(dataset, split, splitSeed);
  const survey = await surveyOf(dataset, onProgress);
  const unused = new Set(divisions[0]!.leftOut);
  assertFiniteImages('config', new Map([...survey.notFinite].filter(([id]) => !unused.has(id))));
  const { networks, initial } = await studiedNetworks(config, registry, {
    survey,
    classes,
    labels: dataset.classes.length,
    overlapping,
  });
  if (overlapping) assertNumbers(config.losses);
  const shared = { config, registry, dataset, classes, overlapping, survey, networks };
  const divided: FoldSetup[][] = [];
  for (const parts of divisions) divided.push(await foldSetup(shared, parts));
  return together(divided, initial);
}

/**
 * Setups that know of each other.
 * @param divided `[fold][network]`.
 * @returns that of the first network in the first fold.
 */
function together(divided: readonly (readonly FoldSetup[])[], initial: Setup['initial']): Setup {
  const sizes = divided.map((setups): FoldSizes => {
    const { train, validation, test } = setups[0]!;
    return { train: train.length, validation: validation.length, test: test.length };
  });
  const models: Setup[] = [];
  for (const [network] of divided[0]!.entries()) {
    const folds: Setup[] = [];
    for (const [fold, setups] of divided.entries()) {
      const setup = setups[network]!;
      folds.push({
        ...setup,
        summary: { ...setup.summary, ...(sizes.length > 1 && { folds: sizes }) },
        ...(initial && { initial }),
        fold,
        folds,
        models,
      });
    }
    models.push(folds[0]!);
  }
  return models[0]!;
}

/** Data whose classes exclude each other. */
const exclusive = (dataset: Dataset) => ({ dataset, classes: dataset.classes });

/** Where nothing is said of it, and the data have no split of their own. */
const quarter = { test: 0.25 };

/** The split that a dataset brings; what it validates by is tested where it tests nothing, as nnU-Net scores its folds. */
function ownLists({ split }: Dataset): SplitLists | undefined {
  if (split === undefined || (split.test?.length ?? 0) > 0) return split;
  const { train, validation = [] } = split;
  return validation.length > 0 ? { train, test: validation } : undefined;
}

/** The divisions of the images: one, or one for each fold. */
async function divisionsOf(
  dataset: Dataset,
  split: StudyConfig['data']['split'],
  seed: number,
): Promise<Split[]> {
  const lists = typeof split === 'string' ? split : split === undefined ? ownLists(dataset) : undefined;
  if (lists !== undefined) return [await splitDataset(dataset, { lists })];
  const { folds, ...sizes } = Object.fromEntries(
    Object.entries(split ?? quarter).filter(([, value]) => value !== undefined),
  );
  return folds === undefined
    ? [await splitDataset(dataset, { ...sizes, seed })]
    : splitDataset(dataset, { ...sizes, folds, seed });
}

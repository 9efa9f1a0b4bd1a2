import { type Dataset, type Split, splitDataset } from '@segscape/data';
import { assertClassNames } from './class-names.js';
import type { StudyConfig } from './config/schema.js';
import { assertModelFits } from './config/volume-models.js';
import { foldSetup } from './fold-setup.js';
import { initialised } from './initialise.js';
import type { Options } from './kinds/kind.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { limited } from './limited-pixels.js';
import { overlappingData } from './overlapping/overlapping-dataset.js';
import { assertNumbers } from './overlapping/sigmoid-losses.js';
import { paddingAndCrop } from './padding-and-crop.js';
import { withClahe } from './preprocessing.js';
import type { FoldSizes, Setup } from './setup.js';
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
    overlapping = false,
    ...options
  } = config.data;
  const limit = (whole: Dataset) => limited(whole, maxPixels);
  const read = async (given: Options) => entry(registry.data, 'data', kind)(given);
  const given = overlapping
    ? await overlappingData({ kind, ...options }, { read, limit })
    : exclusive(limit(await read(options)));
  const dataset = withClahe(given.dataset, config);
  const { classes } = given;
  assertClassNames(classes);
  const divisions = await divided(dataset, split, splitSeed);
  const survey = await surveyOf(dataset, onProgress);
  assertModelFits(config, registry, { size: survey.sizes[0]!, overlapping });
  const { kind: modelKind, ...modelOptions } = config.model;
  const whole = { inputChannels: survey.channels, classes: classes.length, ...modelOptions };
  const { model, record } = await initialised(config, entry(registry.models, 'model', modelKind)(whole));
  const framing = paddingAndCrop(config, registry, model, survey.sizes, dataset.classes.length);
  if (overlapping) assertNumbers(config.losses);
  const shared = { config, registry, dataset, classes, overlapping, survey, model, framing };
  const own: Awaited<ReturnType<typeof foldSetup>>[] = [];
  for (const parts of divisions) own.push(await foldSetup(shared, parts));
  const sizes = own.map(
    ({ train, validation, test }): FoldSizes => ({
      train: train.length,
      validation: validation.length,
      test: test.length,
    }),
  );
  const folds: Setup[] = [];
  for (const [fold, setup] of own.entries())
    folds.push({
      ...setup,
      summary: { ...setup.summary, ...(sizes.length > 1 && { folds: sizes }) },
      modelOptions: whole,
      ...(record && { initial: record }),
      fold,
      folds,
    });
  return folds[0]!;
}

/** Data whose classes exclude each other. */
const exclusive = (dataset: Dataset) => ({ dataset, classes: dataset.classes });

/** The divisions of the images: one, or one for each fold. */
async function divided(
  dataset: Dataset,
  split: StudyConfig['data']['split'],
  seed: number,
): Promise<Split[]> {
  if (typeof split === 'string') return [await splitDataset(dataset, { lists: split })];
  const { folds, ...sizes } = Object.fromEntries(
    Object.entries(split).filter(([, value]) => value !== undefined),
  );
  return folds === undefined
    ? [await splitDataset(dataset, { ...sizes, seed })]
    : splitDataset(dataset, { ...sizes, folds, seed });
}

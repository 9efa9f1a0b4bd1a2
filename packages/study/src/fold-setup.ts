import { countOf, type Raster, SegscapeError } from '@segscape/core';
import { type Batch, batches, type Dataset, idsOf, type Split, subset } from '@segscape/data';
import type { Model } from '@segscape/models';
import { extent } from './axes.js';
import { foregroundOf } from './class-names.js';
import { classCounts, classWeightsOf, schemesOf } from './class-weights.js';
import type { StudyConfig } from './config/schema.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { type NamedLoss, namedLosses } from './named-losses.js';
import { withNetwork } from './named-models.js';
import { isOf, planeShares, toPlanes } from './overlapping/label-planes.js';
import { assertWithoutMaps, forOverlapping } from './overlapping/sigmoid-losses.js';
import { paddingLabel } from './padding-and-crop.js';
import { preprocessingOf } from './preprocessing.js';
import type { Setup } from './setup.js';
import type { StudiedNetwork } from './studied-networks.js';
import type { Survey } from './survey.js';
import { inPixels, unscaledAmong } from './unscaled-images.js';
import { withValidation } from './validation-part.js';

/** What a network has in one fold. */
export type FoldSetup = Omit<Setup, 'initial' | 'fold' | 'folds' | 'models'>;

/** What all folds of a study have in common. */
interface Shared {
  readonly config: StudyConfig;
  readonly registry: StudyRegistry;
  readonly dataset: Dataset;
  readonly classes: readonly string[];
  readonly overlapping: boolean;
  readonly survey: Survey;
  readonly networks: readonly StudiedNetwork[];
}

/**
 * What follows from one division of the images: its parts, the figures of its training images (of intensities, of classes), the
 * losses that are weighted by them, and its batches.
 * @returns that of each network.
 * @throws {SegscapeError} `EMPTY_DATASET` where a part has none, `BAD_CONFIG` where no validation images can be had.
 */
export async function foldSetup(
  { config, registry, dataset, classes, overlapping, survey, networks }: Shared,
  parts: Split,
): Promise<FoldSetup[]> {
  const { train, validation, setAside } = await withValidation(config, parts);
  const { test, leftOut } = parts;
  for (const [part, { length }] of Object.entries({ train, test }))
    if (length === 0)
      throw new SegscapeError(
        'EMPTY_DATASET',
        `config: of ${countOf(dataset.length, 'image')} none is left to ${part}. Give more images, or another data.split.`,
        { details: { part, length: dataset.length } },
      );
  const preprocessing = await preprocessingOf(config, train);
  const { normalize = 'scale' } = preprocessing;
  const pads = networks.some(({ framing }) => framing.pads);
  const ignoreIndex = pads || dataset.ignoreIndex !== undefined ? paddingLabel : undefined;
  const schemes = schemesOf(config.losses);
  const counts = schemes.length > 0 ? await classCounts(train) : undefined;
  const classWeights = counts && Object.fromEntries(schemes.map((by) => [by, classWeightsOf(by, counts)]));
  const losses = namedLosses(
    config,
    registry,
    ignoreIndex,
    (by) => classWeights?.[by] ?? [],
    overlapping ? (label, given) => forOverlapping(label, given, registry) : undefined,
  );
  if (overlapping) for (const { label, loss } of losses) assertWithoutMaps(label, loss);
  const compared = networks.map(({ network: { label = '' }, model }) => ({
    label,
    parameters: parametersOf(model),
  }));
  const shares = overlapping ? planeShares(survey.shares, classes.length) : survey.shares;
  const used = [...survey.labels.keys()].filter((id) => !leftOut.includes(id));
  const unscaled = unscaledAmong(used, survey.spacings);
  const prepare = preparation(losses, unscaled.length > 0);
  const seen = (await idsOf(validation)).flatMap((id) => [...(survey.labels.get(id) ?? [])]);
  const validated = classes.filter((_, c) =>
    overlapping ? seen.some((label) => label !== paddingLabel && isOf(label, c)) : seen.includes(c),
  );
  const sameSize = survey.sizes.every((size) => size.every((n, axis) => n === survey.sizes[0]![axis]));
  const { batchSize } = config.training;
  const common = { normalize, ...(prepare && { prepare }) };
  const labelled = (all: AsyncIterable<Batch>) => (overlapping ? withPlanes(all, classes.length) : all);

  return networks.map(({ network, model, framing }) => ({
    model,
    network,
    losses: losses.map((named) => ({ ...named, label: withNetwork(named.label, network) })),
    classes,
    overlapping,
    volumes: survey.sizes[0]!.length === 3,
    ignoreIndex,
    train,
    validation,
    test,
    foreground: foregroundOf(classes, shares, overlapping),
    framing,
    preprocessing,
    groups: survey.groups,
    hashes: survey.hashes,
    pixelTypes: survey.pixelTypes,
    validated,
    leftOut,
    spacings: survey.spacings,
    unscaled,
    measures: config.measures.map(({ kind, ...given }) => entry(registry.measures, 'measure', kind)(given)),
    summary: {
      dataset: dataset.describe(),
      ...(survey.contentHash !== undefined && { contentHash: survey.contentHash }),
      classes,
      ...(overlapping && { overlapping }),
      train: train.length,
      validation: validation.length,
      ...(setAside && { setAside }),
      ...(leftOut.length > 0 && { leftOut: leftOut.length }),
      ...(classWeights && { classWeights }),
      test: test.length,
      shares,
      sizes: { smallest: extent(survey.sizes, Math.min), largest: extent(survey.sizes, Math.max) },
      channels: survey.channels,
      parameters: parametersOf(model),
      ...(compared.length > 1 && { networks: compared }),
    },
    async *trainBatches(epoch, seed, passes) {
      for (let pass = 0; pass < passes; pass++)
        yield* labelled(
          batches(train, {
            batchSize,
            shuffle: true,
            seed,
            epoch: epoch * passes + pass,
            transform: framing.train,
            ...common,
          }),
        );
    },
    evaluationBatches: (part, limit = part.length) =>
      labelled(
        batches(limit < part.length ? firstOf(part, limit) : part, {
          batchSize: sameSize ? batchSize : 1,
          transform: framing.evaluate,
          ...common,
        }),
      ),
  }));
}

/** Numbers of a network. */
const parametersOf = ({ shapes }: Model): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Batches whose labels are planes. */
async function* withPlanes(all: AsyncIterable<Batch>, count: number): AsyncGenerator<Batch> {
  for await (const { labels, ...batch } of all) {
    const planes = toPlanes(labels, count);
    labels.dispose();
    yield { ...batch, labels: planes };
  }
}

const firstOf = (dataset: Dataset, count: number): Dataset =>
  subset(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

/**
 * What all losses together need beside the labels, so that every loss can be evaluated on every batch.
 * @param unscaled whether distances are in pixels, whatever the masks say. Default false.
 */
export function preparation(
  losses: readonly Pick<NamedLoss, 'loss'>[],
  unscaled = false,
): ((mask: Raster) => Record<string, Raster>) | undefined {
  const prepares = losses.flatMap(({ loss }) => (loss.prepare ? [loss.prepare] : []));
  if (prepares.length === 0) return undefined;
  return (mask) => {
    const seen = unscaled ? inPixels(mask) : mask;
    return Object.assign({}, ...prepares.map((prepare) => prepare(seen))) as Record<string, Raster>;
  };
}

import { assertOption, ignoreLabel, isRecord, SegscapeError } from '@segscape/core';
import { assertOptions, integer, options, text } from '@segscape/core/schema';
import { platform } from '#platform';
import type { CacheOptions } from './cache-options.js';
import { joinedChannels } from './channels.js';
import { assertIndex, cachedDataset, type Dataset, emptyDataset, type SplitLists } from './dataset.js';
import { naturally } from './folder-source.js';
import { corrupt, readJson } from './json-file.js';
import { assertSameSize } from './mask-form.js';
import { maskReader } from './mask-values.js';
import { cacheLines, decoder, maxBytes, planeLines } from './option-lines.js';
import { readImage } from './read-image.js';
import { readMasks } from './read-mask.js';
import type { PlaneOptions, ReadOptions } from './read-options.js';
import { throughStore } from './sample-cache.js';
import type { ImageSource } from './source.js';

export interface NnunetOptions extends CacheOptions, PlaneOptions, Pick<ReadOptions, 'decoder' | 'maxBytes'> {
  /** The dataset's folder, `Dataset001_Name`, with `dataset.json`, `imagesTr` and `labelsTr`. */
  readonly root: string;
  /** Which of the folds of `splits_final.json`, where there is one, becomes the dataset's `split`. Default 0. */
  readonly fold?: number;
}

export const nnunetSchema = options<NnunetOptions>(
  {
    root: text("The dataset's folder, with dataset.json, imagesTr and labelsTr."),
    fold: integer('Which fold of splits_final.json becomes the split.', { default: 0, minimum: 0 }),
    decoder,
    ...cacheLines,
    ...planeLines,
    maxBytes,
  },
  ['root'],
);

interface Plan {
  readonly ending: string;
  readonly channels: readonly string[];
  readonly classes: readonly string[];
  readonly values: readonly number[];
  readonly ignore: number | undefined;
}

const where = 'nnunetDataset';
const form = '{ "channel_names": {"0": …}, "labels": {"background": 0, …}, "file_ending": ".png" }';

/** What `dataset.json` says; regions (labels with several values) are no classes and are refused. */
function planOf(path: string, content: unknown): Plan {
  const wrong = (why: string) => corrupt(where, path, why, form);
  if (!isRecord(content)) throw wrong('is no object');
  const { channel_names: channels, labels, file_ending: ending } = content;
  if (!isRecord(channels) || Object.keys(channels).length === 0) throw wrong('has no channel_names');
  if (!isRecord(labels)) throw wrong('has no labels');
  if (typeof ending !== 'string' || !ending.startsWith('.')) throw wrong('has no file_ending');
  if (!/^\.(png|tiff?|bmp|jpe?g|nii(\.gz)?)$/i.test(ending))
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `${where}: '${path}' says file_ending '${ending}', which is not read here. Convert the files to .png, .tif or .nii.gz.`,
      { details: { path, ending } },
    );
  const named = Object.entries(labels);
  for (const [name, value] of named) {
    if (Array.isArray(value))
      throw new SegscapeError(
        'UNSUPPORTED_FORMAT',
        `${where}: '${path}' makes '${name}' a region of several labels; give each pixel one class.`,
        { details: { path, name } },
      );
    if (!Number.isInteger(value)) throw wrong(`gives '${name}' the label ${String(value)}`);
  }
  const plain = named
    .filter(([name]) => name !== 'ignore')
    .map(([name, value]) => [name, value as number] as const)
    .sort((a, b) => a[1] - b[1]);
  if (plain.length === 0) throw wrong('has no labels');
  return {
    ending,
    channels: Object.keys(channels).sort((a, b) => Number(a) - Number(b)),
    classes: plain.map(([name]) => name),
    values: plain.map(([, value]) => value),
    ignore: Object.hasOwn(labels, 'ignore') ? (labels.ignore as number) : undefined,
  };
}

async function splitOf(
  root: string,
  names: readonly string[],
  fold: number,
): Promise<SplitLists | undefined> {
  const path = `${root}/splits_final.json`;
  if (!names.includes('splits_final.json')) return undefined;
  const expected = 'a list of { "train": [ids], "val": [ids] }';
  const content = await readJson(where, path, expected);
  if (!Array.isArray(content)) throw corrupt(where, path, 'is no list', expected);
  assertOption(
    Number.isInteger(fold) && fold >= 0 && fold < content.length,
    where,
    'fold',
    fold,
    `be an integer in [0, ${content.length}), the folds of '${path}'`,
  );
  const { train, val } = isRecord(content[fold]) ? content[fold] : {};
  if (!Array.isArray(train) || !Array.isArray(val))
    throw corrupt(where, path, `lacks lists in fold ${fold}`, expected);
  return { train: train.map(String), validation: val.map(String) };
}

/**
 * A data set as nnU-Net (version 2) keeps it: `imagesTr/CASE_0000.png`, one file a channel (or one with all of them, as
 * natural pictures have their colours), `labelsTr/CASE.png`, the classes from `dataset.json` (its `ignore` is void), the split from `splits_final.json`.
 *
 * @param given the dataset's folder and which fold of `splits_final.json` becomes its split.
 * @returns a dataset: images `[depth,] height, width, channels`, a channel a file; masks of class indices, 255 for void.
 * @throws {SegscapeError} `CORRUPT_FILE`, `UNSUPPORTED_FORMAT` (regions; file endings that are not read here),
 * `EMPTY_DATASET`, `PAIR_MISSING`, `NOT_FOUND`, `BAD_OPTION`; while reading as `folderDataset`.
 * @see Isensee et al., nnU-Net, Nature Methods 18, 2021.
 */
export async function nnunetDataset(given: NnunetOptions): Promise<Dataset> {
  assertOptions(where, given, nnunetSchema);
  const { root, fold = 0, cache = false, cacheFolder, ...read } = given;
  const path = `${root}/dataset.json`;
  const { ending, channels, classes, values, ignore } = planOf(path, await readJson(where, path, form));
  const [names, labelFiles, imageFiles] = await Promise.all([
    platform.listFolder(root),
    platform.listFolder(`${root}/labelsTr`),
    platform.listFolder(`${root}/imagesTr`),
  ]);
  const stem = (name: string) => name.slice(0, -ending.length);
  const ids = labelFiles
    .filter((name) => name.endsWith(ending))
    .map(stem)
    .sort(naturally);
  if (ids.length === 0) throw emptyDataset(where, `no files *${ending} in '${root}/labelsTr'`);
  const there = new Set(imageFiles);
  const fileOf = (id: string, channel: string) => `${id}_${channel.padStart(4, '0')}${ending}`;
  // Natural pictures keep their colours in one file, though each is a channel (NaturalImage2DIO).
  const [front, ...others] = channels as [string, ...string[]];
  const joint = !ids.some((id) => others.some((channel) => there.has(fileOf(id, channel))));
  const filesOf = (id: string) => (joint ? [front] : channels).map((channel) => fileOf(id, channel));
  const missing = ids.flatMap(filesOf).filter((name) => !there.has(name));
  const cases = new Set(ids);
  const alone = imageFiles.filter(
    (name) => name.endsWith(ending) && !cases.has(stem(name).replace(/_\d{4}$/, '')),
  );
  if (missing.length > 0 || alone.length > 0)
    throw new SegscapeError(
      'PAIR_MISSING',
      `${where}: ${[
        ...(missing.length > 0
          ? [
              `no file '${root}/imagesTr/${missing[0]}'${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}`,
            ]
          : []),
        ...(alone.length > 0
          ? [
              `no label for image '${root}/imagesTr/${alone[0]}'${alone.length > 1 ? ` and ${alone.length - 1} more` : ''}`,
            ]
          : []),
      ].join('; ')}. Every case needs a label and a file for each channel.`,
      { details: { missing, alone } },
    );
  const split = await splitOf(root, names, fold);
  const options = { maskValues: values, ...(ignore !== undefined && { ignoreValues: [ignore] }) };
  const toClasses = maskReader(where, classes, options);
  const store = cache === 'disk' ? await platform.sampleStore(cacheFolder) : undefined;
  /** From its files, whose names messages give. */
  const made = async (names: readonly string[], [label, ...images]: readonly ImageSource[]) => {
    const [maskName, ...imageNames] = names as [string, ...string[]];
    const parts = await Promise.all(images.map((image) => readImage(image, { ...read, alpha: 'drop' })));
    const [stored] = await readMasks(where, maskName, label!, { ...read, ...options }, false);
    const mask = toClasses(stored!, maskName);
    for (const [i, part] of parts.entries()) assertSameSize(where, part, imageNames[i]!, mask, maskName);
    const image = joinedChannels(parts);
    if (joint && others.length > 0 && image.channels !== channels.length)
      throw new SegscapeError(
        'PAIR_MISSING',
        `${where}: '${imageNames[0]}' is the one file of its case and has ${image.channels} channel${image.channels === 1 ? '' : 's'}; '${path}' names ${channels.length}. Add a file for each channel, or all of them in one.`,
        { details: { image: imageNames[0], channels: image.channels, expected: channels.length } },
      );
    return { image, mask };
  };
  const dataset: Dataset = {
    length: ids.length,
    classes,
    ...(ignore === undefined ? {} : { ignoreIndex: ignoreLabel }),
    ids,
    ...(split && { split }),
    async get(index) {
      assertIndex(where, index, ids.length);
      const id = ids[index]!;
      const names = [
        `${root}/labelsTr/${id}${ending}`,
        ...filesOf(id).map((name) => `${root}/imagesTr/${name}`),
      ];
      if (store === undefined) return { id, ...(await made(names, names)) };
      const files = names.map((name) => ({ name, sources: [name] }));
      const kept = await throughStore(store, { ...read, classes, ...options }, files, (held) =>
        made(names, held.flat()),
      );
      return { id, ...kept };
    },
    describe: () => ({ kind: 'nnunet', length: ids.length, classes, root, fold, channels: channels.length }),
  };
  return cache === true ? cachedDataset(dataset) : dataset;
}

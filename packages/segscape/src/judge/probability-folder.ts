import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type Raster, SegscapeError } from '@segscape/core';
import { readImage } from '@segscape/data';
import { pathName } from '@segscape/runs';
import type { ProbabilityMaps } from '@segscape/study';

/** Of the image `a`: a picture of each class but the first, or one file of all. */
type Files = { readonly each: readonly string[] } | { readonly whole: string };

const stem = (file: string) => basename(file, extname(file));

/** Values from 0 to 1: a type's whole range for integers, as they are for floats. */
function unitOf({ data }: Raster): number {
  if (data instanceof Uint8Array) return 255;
  return data instanceof Uint16Array ? 65_535 : 1;
}

async function plane(path: string): Promise<Raster & { readonly data: Float32Array }> {
  const image = await readImage(path, { alpha: 'drop', channelAxis: 'pages' });
  const unit = unitOf(image);
  return { ...image, data: Float32Array.from(image.data, (value) => value / unit) };
}

/** The first class is what the others leave; where they leave less than nothing, all are brought to a sum of 1. */
function completed(planes: readonly Float32Array[], height: number, width: number): Raster {
  const channels = planes.length + 1;
  const data = new Float32Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const sum = planes.reduce((total, own) => total + own[i]!, 0);
    data[i * channels] = Math.max(0, 1 - sum);
    planes.forEach((own, c) => {
      data[i * channels + c + 1] = own[i]! / Math.max(1, sum);
    });
  }
  return { data, height, width, channels };
}

function refuse(path: string, image: Raster, classes: readonly string[]): never {
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `judge: '${path}' has ${image.channels} channels or pages; of ${classes.length} classes (${classes.join(', ')}) it should have ${classes.length}, or ${classes.length - 1} without the first.`,
    { details: { path, channels: image.channels } },
  );
}

async function wholeFile(path: string, classes: readonly string[]): Promise<Raster> {
  const image = await plane(path);
  const { channels, height, width, data } = image;
  if (channels === classes.length) return image;
  if (channels !== classes.length - 1) return refuse(path, image, classes);
  const planes = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: height * width }, (__, i) => data[i * channels + c]!),
  );
  return completed(planes, height, width);
}

async function classFiles(paths: readonly string[], classes: readonly string[]): Promise<Raster> {
  const images = await Promise.all(paths.map(plane));
  const { height, width } = images[0]!;
  for (const [n, image] of images.entries())
    if (image.channels !== 1 || image.height !== height || image.width !== width)
      return refuse(paths[n]!, image, classes);
  return completed(
    images.map(({ data }) => data),
    height,
    width,
  );
}

/**
 * Probability maps of a folder, for images named `ids`: `a-disc.png`, one of 8 or 16 bits for each class but the first, as
 * `segscape predict --probabilities` writes them; or one file `a.tif` (or `a.png`, for two classes) whose pages or channels
 * are all classes, or all but the first.
 */
export async function probabilityFolder(
  folder: string,
  ids: readonly string[],
  classes: readonly string[],
): Promise<ProbabilityMaps> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new SegscapeError('NOT_FOUND', `judge: the folder '${folder}' cannot be read.`, { cause });
  });
  const byStem = new Map(
    names.filter((name) => !name.startsWith('.')).map((name) => [stem(name), join(folder, name)]),
  );
  const filesOf = (id: string): Files | undefined => {
    const each = classes.slice(1).map((name) => byStem.get(`${id}-${pathName(name)}`));
    if (each.every((path) => path !== undefined)) return { each };
    const whole = byStem.get(id);
    return whole === undefined ? undefined : { whole };
  };
  const found = ids.flatMap((id) => {
    const files = filesOf(id);
    return files === undefined ? [] : [{ id, files }];
  });
  return {
    ids: found.map(({ id }) => id),
    async get(index) {
      const { files } = found[index]!;
      return 'each' in files ? classFiles(files.each, classes) : wholeFile(files.whole, classes);
    },
  };
}

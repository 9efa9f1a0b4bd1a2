import { type Raster, SegscapeError } from '@segscape/core';
import { type Dataset, resizeNearest } from '@segscape/data';
import { largestClass } from '../largest-class.js';
import { channelOf } from '../overlapping/label-planes.js';
import type { Predictor } from '../predictor.js';
import type { JudgeOptions, ProbabilityMaps } from './judge-options.js';

/** What a method made of one image. */
interface Made {
  readonly mask: Raster;
  readonly probabilities?: Raster;
}

/** Somebody whose masks are judged. */
export interface Method {
  readonly name: string;
  readonly ids: readonly string[];
  get(index: number): Promise<Made>;
}

/** Maps of two classes, what is not of a class and what is, from one channel of its probability. */
const against = ({ data, channels, ...form }: Raster, c: number): Raster => {
  const p = channelOf(data as Float32Array, channels, c);
  return {
    ...form,
    channels: 2,
    data: Float32Array.from({ length: 2 * p.length }, (_, i) => (i % 2 === 1 ? p[i >> 1]! : 1 - p[i >> 1]!)),
  };
};

/**
 * The networks of a run, or anything that predicts, as maps of a labelled set's images; each is computed when it is asked
 * for, and brought to the size of its image.
 * @param predictor of `openPredictor` or `onnxPredictor`; it stays the caller's, who disposes it.
 * @param images the set whose images are seen; its masks are not used.
 * @param signal stops a prediction that is under way.
 * @param of which class, counted from 0, where they overlap: each is judged by itself, against a truth of two classes.
 * @returns maps by the set's ids, float32 `[height, width, classes]`; of one class among overlapping ones two channels,
 *   without and with it.
 * @throws {SegscapeError} when a map is asked for, `BAD_OPTION` where classes overlap and none, or none of theirs, is
 *   named; `ABORTED` when the signal has fired.
 */
export const predictedMaps = (
  predictor: Pick<Predictor, 'predict'>,
  images: Dataset,
  signal?: AbortSignal,
  of?: number,
): ProbabilityMaps => ({
  ids: images.ids ?? [],
  async get(index) {
    const { image } = await images.get(index);
    const { probabilities, overlapping } = await predictor.predict(image, signal);
    const maps = resizeNearest(probabilities, image.height, image.width);
    if (!overlapping) return maps;
    if (of !== undefined && Number.isInteger(of) && of >= 0 && of < maps.channels) return against(maps, of);
    throw new SegscapeError(
      'BAD_OPTION',
      `predictedMaps: of (=${of}) must be the number of one of the run's ${maps.channels} classes, counted from 0: they overlap, so each is judged by itself, against a truth of two classes.`,
      { details: { option: 'of', value: of } },
    );
  },
});

function assertMaps(name: string, id: string, maps: Raster, classes: readonly string[]): void {
  if (maps.channels !== classes.length)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `judge: the probabilities of '${name}' for '${id}' are of ${maps.channels} classes, the truth has ${classes.length} (${classes.join(', ')}).`,
      { details: { name, id, given: maps.channels, expected: classes.length } },
    );
  const bad = maps.data.findIndex((value) => !(value >= 0 && value <= 1.0001));
  if (bad >= 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: the probabilities of '${name}' for '${id}' hold ${maps.data[bad]}; they lie from 0 to 1. Logits go through softmax first.`,
      { details: { name, id, value: maps.data[bad] } },
    );
}

/** All that are judged: first the masks, then the maps, whose masks are the likeliest classes. */
export function methodsOf({ truth, predictions = {}, probabilities = {} }: JudgeOptions): Method[] {
  const twice = Object.keys(predictions).find((name) => Object.hasOwn(probabilities, name));
  if (twice !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: '${twice}' has masks and probabilities; give one of them, or two names.`,
      { details: { option: 'probabilities', value: twice } },
    );
  return [
    ...Object.entries(predictions).map(([name, dataset]) => ({
      name,
      ids: dataset.ids ?? [],
      get: async (index: number) => ({ mask: (await dataset.get(index)).mask }),
    })),
    ...Object.entries(probabilities).map(([name, maps]) => ({
      name,
      ids: maps.ids,
      async get(index: number) {
        const own = await maps.get(index);
        assertMaps(name, maps.ids[index]!, own, truth.classes);
        return { mask: largestClass(own), probabilities: own };
      },
    })),
  ];
}

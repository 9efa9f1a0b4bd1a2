import type { Raster } from '@segscape/core';
import { integer, number, options, share } from '@segscape/core/schema';
import {
  type CentrelineDiceOptions,
  centrelineDice,
  centrelineDiceSchema,
  informationScore,
  instanceScores,
  panopticQuality,
  randScore,
  segmentsOfMembranes,
} from '@segscape/metrics';
import { connectedComponents } from '@segscape/morphology';
import type { Maker } from '../kind.js';
import { maker } from '../maker.js';
import type { Measure } from '../measure.js';
import { type Pair, perClass } from './masks-of.js';

interface Objects {
  readonly overlap?: number;
  readonly connectivity?: 1 | 2;
}

const connectivity = integer('1: pixels that share a side are of one object; 2: a corner is enough.', {
  default: 2,
  minimum: 1,
  maximum: 2,
});
const objectsSchema = options<Objects>({
  overlap: number('IoU above which two objects are one.', { default: 0.5, ...share }),
  connectivity,
});
const panopticSchema = options<Objects>({
  overlap: number('IoU above which two objects are one.', { default: 0.5, minimum: 0, exclusiveMaximum: 1 }),
  connectivity,
});

interface Membranes {
  readonly threshold?: number;
}

const membranesSchema = options<Membranes>({
  threshold: number(
    'Probability above which a pixel is membrane; without it where that is the likeliest class.',
    {
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
    },
  ),
});

/** Both masks with their objects numbered. */
const numbered = ({ labels, prediction }: Pair, { connectivity: by = 2 }: Objects) =>
  [labels, prediction].map((mask) => connectedComponents(mask, { connectivity: by }).labels) as [
    Raster,
    Raster,
  ];

/** Regions between membranes of both masks. */
const segments = ({ labels, prediction }: Pair) =>
  [segmentsOfMembranes(labels), segmentsOfMembranes(prediction)] as const;

/** What becomes of objects, lines and regions, whatever share of the pixels they are. An image without any has no value. */
export const objectKinds: Record<string, Maker<Measure>> = {
  objects: maker(
    (given: Objects) =>
      perClass((pair) => ({
        objects: instanceScores(...numbered(pair, given), {
          thresholds: [given.overlap ?? 0.5],
          bothEmpty: Number.NaN,
        }).thresholds[0]!.f1,
      })),
    objectsSchema,
  ),
  panopticQuality: maker(
    (given: Objects) =>
      perClass((pair) => ({
        panopticQuality: panopticQuality(...numbered(pair, given), { threshold: given.overlap ?? 0.5 })
          .quality,
      })),
    panopticSchema,
  ),
  clDice: maker(
    (given: CentrelineDiceOptions) =>
      perClass(({ labels, prediction }) => ({ clDice: centrelineDice(labels, prediction, given) })),
    centrelineDiceSchema,
  ),
  /**
   * Of a class that is membranes: whether the regions between them are the true ones (Arganda-Carreras et al., 2015). The challenge
   * scores probabilities at every threshold, since a membrane that is thin or faint is soon torn at the likeliest class.
   */
  randScore: maker(
    ({ threshold }: Membranes) =>
      perClass((pair) => ({ randScore: randScore(...segments(pair)).score }), threshold),
    membranesSchema,
  ),
  informationScore: maker(
    ({ threshold }: Membranes) =>
      perClass((pair) => ({ informationScore: informationScore(...segments(pair)).score }), threshold),
    membranesSchema,
  ),
};

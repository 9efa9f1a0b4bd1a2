import type { Params } from '@segscape/core';
import { jit } from '@segscape/jit';
import { percentileRange } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { dispose, grad, type Scalar, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedLoss } from '../named-losses.js';
import { probabilitiesOf } from '../overlapping/label-planes.js';
import type { TaskContext } from '../tasks/context.js';
import { type ColourRange, predictionPictures, writeValues } from '../tasks/pictures.js';
import { samplePrediction } from '../tasks/sample-prediction.js';
import { ofSlice } from '../tasks/shown-slice.js';
import type { ExperimentPicture } from './experiment-fact.js';

/** A batch of one image. */
export interface OneImage {
  readonly id: string;
  readonly images: Tensor;
  readonly labels: Tensor;
  readonly prepared: Readonly<Record<string, Tensor>>;
}

/** The folder of an image, in `maps/` and beside it. */
export const imageFolder = (id: string) => `experiment/${pathName(id)}`;

interface Seen {
  readonly probabilities: Tensor;
  /** How steep the loss is at each pixel: the Euclidean length of its slopes by the pixel's logits. */
  readonly gradient: Tensor;
  /** Of losses of single pixels. */
  readonly map?: Tensor;
}

/** What a network makes of the image, and what a loss makes of that; compiled. */
export function imageView({ setup, jit: options }: TaskContext, { loss }: Pick<NamedLoss, 'loss'>) {
  const forward = jit(
    ({ weights, images, ...truth }: { weights: Params; images: Tensor; labels: Tensor }): Seen => {
      const logits = setup.model.apply(weights, images);
      const slopes = grad((scores: Tensor) => loss(truth, scores) as Scalar)(logits);
      return {
        probabilities: probabilitiesOf(logits, setup.overlapping),
        gradient: sqrt(sum(square(slopes), -1)),
        ...(loss.pixelwise && { map: loss.map(truth, logits) }),
      };
    },
    options,
  );
  return {
    see: (weights: Params, { images, labels, prepared }: OneImage) =>
      forward({ weights, images, ...prepared, labels }),
    dispose: () => forward.dispose(),
  };
}

export type ImageView = ReturnType<typeof imageView>;

/** The ends of the colours of loss and gradient: those of the beginning, where all losses meet the same prediction. */
export interface ExperimentScales {
  readonly loss: ColourRange;
  readonly gradient: ColourRange;
}

/** One scale for the loss maps of all pixelwise losses at the beginning. */
export async function commonLossScale(
  { setup }: TaskContext,
  weights: Params,
  { images, labels, prepared }: OneImage,
): Promise<ColourRange> {
  const logits = setup.model.apply(weights, images);
  const maps: Float32Array[] = [];
  for (const { loss } of setup.losses.filter((named) => named.loss.pixelwise)) {
    const map = loss.map({ ...prepared, labels }, logits);
    maps.push((await map.data()) as Float32Array);
    map.dispose();
  }
  logits.dispose();
  return percentileRange(maps);
}

/** The scale of a loss's gradient at the beginning. */
export async function gradientScale(view: ImageView, weights: Params, one: OneImage): Promise<ColourRange> {
  const { probabilities, gradient, map } = await view.see(weights, one);
  const range = percentileRange([(await gradient.data()) as Float32Array]);
  dispose([probabilities, gradient, ...(map ? [map] : [])]);
  return range;
}

const ends = ({ min, max }: ColourRange) => `${min.toPrecision(2)} to ${max.toPrecision(3)}`;

/** Prediction, difference, confidence, loss map and gradient map at one iteration. */
export async function experimentPictures(
  { setup, run }: TaskContext,
  view: ImageView,
  weights: Params,
  {
    one,
    loss,
    iteration,
    scales,
  }: {
    readonly one: OneImage;
    readonly loss: string;
    readonly iteration: number;
    readonly scales: ExperimentScales;
  },
): Promise<ExperimentPicture[]> {
  const { probabilities, gradient, map } = await view.see(weights, one);
  try {
    const stem = `${imageFolder(one.id)}/${pathName(loss)}/${String(iteration).padStart(4, '0')}`;
    const about = { sample: one.id, loss };
    const { images, labels, id } = one;
    const of = { loss, ids: [id], images, labels, probabilities, maps: [] };
    const seen = await samplePrediction(of, setup.ignoreIndex);
    const pictures: ExperimentPicture[] = (
      await predictionPictures(run, setup, seen, { stem, ...about })
    ).flatMap(({ group, epoch: _, ...picture }) =>
      group === 'augmentation' ? [] : [{ ...picture, sample: one.id, group, iteration }],
    );
    const { height, width } = seen;
    const drawn = [
      ...(map
        ? [{ group: 'loss', values: map, of: 'Loss per pixel, one scale for all losses' } as const]
        : []),
      {
        group: 'gradient',
        values: gradient,
        of: 'Length of the slopes of the loss by the logits of each pixel',
      },
    ] as const;
    for (const { group, values, of } of drawn) {
      const [name, scale] = [`${stem}-${group}`, scales[group]];
      const numbers = ofSlice((await values.data()) as Float32Array, seen.slice);
      pictures.push({
        name,
        group,
        title: group === 'loss' ? 'Loss' : 'Gradient',
        values: await writeValues(run, { name, values: numbers, height, width, scale }),
        caption: `${of}: ${ends(scale)}, as at the beginning; what is higher has the last colour.`,
        ...about,
        iteration,
      });
    }
    return pictures;
  } finally {
    dispose([probabilities, gradient, ...(map ? [map] : [])]);
  }
}

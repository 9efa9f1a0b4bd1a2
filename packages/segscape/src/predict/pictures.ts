import type { Raster } from '@segscape/core';
import { resizeArea } from '@segscape/data';
import { encodePng, outlineMask, toRgb } from '@segscape/report';
import { pathName } from '@segscape/runs';
import type { Objects, Prediction } from '@segscape/study';
import type { Layer } from './layers.js';

/** Which pictures are drawn beside masks. */
export interface PictureOptions {
  readonly overlay?: boolean;
  readonly probabilities?: boolean;
}

const overlayFile = (name: string, { suffix }: Layer) => `${name}${suffix}-overlay.png`;

/** Where a mask is of one class alone, its probabilities cannot go by the name of that class. */
const probabilityFile = (name: string, { suffix, labels }: Layer, label: number) =>
  suffix === '' ? `${name}-${pathName(labels[label]!)}.png` : `${name}${suffix}-probability.png`;

/** Files of the pictures of one image, by class where there is one for each. */
export interface PictureFiles {
  readonly overlay?: string | Readonly<Record<string, string>>;
  readonly probabilities?: Readonly<Record<string, string>>;
}

export function pictureFiles(
  name: string,
  layers: readonly Layer[],
  { overlay, probabilities }: PictureOptions,
): PictureFiles {
  const [only] = layers as [Layer];
  const overlays =
    only.suffix === ''
      ? overlayFile(name, only)
      : Object.fromEntries(layers.map((layer) => [layer.labels[1]!, overlayFile(name, layer)]));
  const drawn = layers.flatMap((layer) =>
    layer.labels.slice(1).map((label, i) => [label, probabilityFile(name, layer, i + 1)] as const),
  );
  return {
    ...(overlay && { overlay: overlays }),
    ...(probabilities && { probabilities: Object.fromEntries(drawn) }),
  };
}

interface Segmented extends Prediction {
  readonly image: Raster;
  readonly objects: Objects;
}

/** Draws what else was asked for of one mask. */
export async function writePictures(
  name: string,
  layer: Layer,
  of: Segmented,
  options: PictureOptions,
  write: (file: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const { image, objects } = of;
  if (options.overlay)
    await write(overlayFile(name, layer), encodePng(outlineMask(toRgb(image), objects.mask)));
  if (options.probabilities)
    for (let label = 1; label < layer.labels.length; label++)
      await write(
        probabilityFile(name, layer, label),
        encodePng(probabilityPicture(of, layer.channelOf(label), image)),
      );
}

function probabilityPicture({ probabilities }: Prediction, c: number, { height, width }: Raster): Raster {
  const { channels } = probabilities;
  const plane = Uint8Array.from({ length: probabilities.height * probabilities.width }, (_, i) =>
    Math.round(255 * probabilities.data[i * channels + c]!),
  );
  return resizeArea(
    { data: plane, height: probabilities.height, width: probabilities.width, channels: 1 },
    height,
    width,
  );
}

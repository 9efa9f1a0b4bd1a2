import { readFile } from 'node:fs/promises';
import type { Raster } from '@segscape/core';
import { encodePng } from '@segscape/report';
import type { Objects } from '@segscape/study';
import type { Input } from './inputs.js';
import { assertNumbered, encodeLabels } from './label-tiff.js';
import type { Layer } from './layers.js';
import { encodeNiftiLabels } from './nifti-labels.js';
import { grayOf, type MaskFiles } from './prediction-record.js';
import { encodeTiff } from './stack-tiff.js';

/** Files of the masks of one image: pictures, or of a volume a NIfTI file beside a NIfTI image, else a stack of pages. */
export interface MaskFormat {
  mask(name: string, layer: Layer): string;
  instances(name: string, layer: Layer): string;
  encodeMask(objects: Objects, layer: Layer): Promise<Uint8Array>;
  encodeInstances(objects: Objects): Promise<Uint8Array>;
}

/** Class indices spread over the grays, so that a mask can be looked at. */
const visible = (mask: Raster, classes: number): Raster => ({
  ...mask,
  data: Uint8Array.from(mask.data, (c) => grayOf(c, classes)),
});

const labelFile =
  (ending: string) =>
  (name: string, { suffix }: Layer) =>
    `${name}${suffix}-instances${ending}`;

const pictures: MaskFormat = {
  mask: (name, { suffix }) => `${name}${suffix}.png`,
  instances: labelFile('.tif'),
  encodeMask: async ({ mask }, { labels }) => encodePng(visible(mask, labels.length)),
  encodeInstances: async ({ labels }) => encodeLabels(labels),
};

const stack: MaskFormat = {
  ...pictures,
  mask: (name, { suffix }) => `${name}${suffix}.tif`,
  encodeMask: async ({ mask }) => encodeTiff(mask, 8),
};

const nifti = (path: string): MaskFormat => ({
  mask: (name, { suffix }) => `${name}${suffix}.nii.gz`,
  instances: labelFile('.nii.gz'),
  encodeMask: async ({ mask }) => encodeNiftiLabels(mask, 8, await readFile(path)),
  async encodeInstances({ labels }) {
    assertNumbered(labels);
    return encodeNiftiLabels(labels, 16, await readFile(path));
  },
});

/** What the masks of an image are written as. */
export const maskFormatOf = ({ path }: Input, volumes: boolean): MaskFormat => {
  if (!volumes) return pictures;
  return /\.nii(\.gz)?$/i.test(path) ? nifti(path) : stack;
};

/** The files that hold the masks of one image. */
export function maskFiles(
  name: string,
  layers: readonly Layer[],
  format: MaskFormat,
  labelled: boolean,
): MaskFiles {
  const [only] = layers as [Layer];
  if (only.suffix === '')
    return {
      mask: format.mask(name, only),
      ...(labelled && { instances: format.instances(name, only) }),
    };
  const byClass = (file: (layer: Layer) => string) =>
    Object.fromEntries(layers.map((layer) => [layer.labels[1]!, file(layer)]));
  return {
    masks: byClass((layer) => format.mask(name, layer)),
    ...(labelled && { instances: byClass((layer) => format.instances(name, layer)) }),
  };
}

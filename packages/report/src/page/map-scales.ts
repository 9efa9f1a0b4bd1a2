import { finiteExtent, shortNumber } from '../figures/scale.js';
import { colourise } from '../pictures/colourise.js';
import { percentileRange } from '../pictures/percentile-range.js';
import type { BrowserPicture } from './browser-picture.js';
import { type ReadMap, readMap } from './map-values.js';

/** How colours follow the values of loss maps. */
export type MapScale = 'percentile' | 'linear' | 'logarithmic';

function toSource({ values, height, width }: ReadMap, options: object): string {
  const { data, ...size } = colourise(values, { height, width, ...options, scheme: 'jet', bar: true });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [size.width, size.height];
  const picture = new ImageData(size.width, size.height);
  for (let i = 0; i < size.width * size.height; i++) {
    picture.data.set((data as Uint8Array).subarray(i * 3, i * 3 + 3), i * 4);
    picture.data[i * 4 + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

/** Maps in the colours of one scale. */
export interface ColouredMaps {
  /** The new source of each picture that keeps its numbers. */
  readonly sources: ReadonlyMap<BrowserPicture, string>;
  /** The ends of the scale, in words. */
  readonly range: string;
}

/** How a scale treats what is above it, in words. */
export const scaleNote: Readonly<Record<MapScale, string>> = {
  percentile: '; the highest 0.5 % of the pixels have the last colour',
  linear: ', linear',
  logarithmic: ', logarithmic',
};

/**
 * Maps of one image, whatever the loss and the network, in the colours of one scale.
 * @param pictures of the image; those that keep no numbers are left as they are.
 * @param scale how colours follow values.
 */
export async function coloured(pictures: readonly BrowserPicture[], scale: MapScale): Promise<ColouredMaps> {
  const maps = new Map<BrowserPicture, ReadMap>();
  for (const picture of pictures) {
    const map = await readMap(picture);
    if (map) maps.set(picture, map);
  }
  const all = [...maps.values()].map(({ values }) => values);
  const [min, max] = finiteExtent(all.flatMap((values) => finiteExtent(values) ?? [])) ?? [0, 1];
  const options =
    scale === 'percentile'
      ? percentileRange(all)
      : { min, max, scale: scale === 'linear' ? ('linear' as const) : ('logarithmic' as const) };
  const sources = new Map([...maps].map(([picture, map]) => [picture, toSource(map, options)]));
  const low = scale === 'logarithmic' ? Math.max(min, max / 1e6) : options.min;
  return { sources, range: `${shortNumber(low)} to ${shortNumber(options.max)}` };
}

import { csvCell } from '../data/csv.js';
import { unpackValues } from '../pictures/packed-values.js';
import type { BrowserPicture } from './browser-picture.js';

/** The numbers behind a map. */
export interface ReadMap {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/**
 * @param picture of an image.
 * @returns undefined where it keeps no numbers.
 */
export async function readMap({ values: packed }: BrowserPicture): Promise<ReadMap | undefined> {
  if (packed === undefined) return undefined;
  const image = new Image();
  image.src = packed.source;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { values: unpackValues(data, { ...packed, channels: 4 }), height, width };
}

/**
 * The numbers of maps as one table, a row a pixel.
 * @param pictures of an image; those that keep no numbers are left out.
 * @param along what their `epoch` counts.
 */
export async function mapsCsv(pictures: readonly BrowserPicture[], along: string): Promise<string> {
  const lines = [`image,map,trained,${along},y,x,value`];
  for (const picture of pictures) {
    const map = await readMap(picture);
    if (map === undefined) continue;
    const { sample, title, loss = '', epoch = '' } = picture;
    const start = [...[sample, title, loss].map(csvCell), epoch].join(',');
    map.values.forEach((value, i) => {
      lines.push(`${start},${Math.floor(i / map.width)},${i % map.width},${value}`);
    });
  }
  return `${lines.join('\n')}\n`;
}

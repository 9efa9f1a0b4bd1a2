import type { BrowserPicture } from './browser-picture.js';
import { type ColouredMaps, coloured, type MapScale, scaleNote } from './map-scales.js';

/** The maps of an image in their colours, with what is to be said of them. */
export interface ImageColours {
  /** @returns undefined for a picture that keeps no numbers. */
  sourceOf(picture: BrowserPicture): string | undefined;
  readonly words: string;
}

/**
 * Colours the maps of images, those of one scale together, and remembers them: a slider comes by the same maps again.
 * @returns what asks for the colours of an image's pictures.
 */
export function mapColours(): (all: readonly BrowserPicture[], scale: MapScale) => Promise<ImageColours> {
  const known = new Map<string, Promise<ColouredMaps>>();
  return async (all, scale) => {
    const groups = new Map<string | undefined, BrowserPicture[]>();
    for (const picture of all)
      if (picture.values) groups.set(picture.scaleOf, [...(groups.get(picture.scaleOf) ?? []), picture]);
    const found: [name: string | undefined, maps: ColouredMaps][] = [];
    for (const [name, pictures] of groups) {
      const key = JSON.stringify([scale, all[0]?.sample, name]);
      const maps = known.get(key) ?? coloured(pictures, scale);
      known.set(key, maps);
      found.push([name, await maps]);
    }
    const shared = found.find(([name]) => name === undefined)?.[1];
    const own = found.flatMap(([name, { range }]) => (name === undefined ? [] : [`${name} ${range}`]));
    const sentences = [
      ...(shared
        ? [`Loss per pixel, one scale for all losses of this image: ${shared.range}${scaleNote[scale]}.`]
        : []),
      ...(own.length > 0 ? [`On scales of their own: ${own.join(', ')}.`] : []),
    ];
    return {
      sourceOf: (picture) => found.flatMap(([, { sources }]) => sources.get(picture) ?? [])[0],
      words: sentences.join(' '),
    };
  };
}

import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import {
  connectedComponents,
  fillHoles,
  type SplitTouchingOptions,
  splitTouching,
} from '@segscape/morphology';

/** How the pixels of a class are divided into objects. */
export const instancePresets = {
  /** Connected pieces, whatever they look like. */
  components: undefined,
  /** Round things that touch: cores where the distance to the edge is above half its maximum, then a watershed. */
  touching: { closing: 0, threshold: 0.5 },
  /** The cells of ISBI 2012 between their membranes, as the original study's sister project made them. */
  isbi: { closing: 1, threshold: 0.2 },
} as const satisfies Readonly<Record<string, SplitTouchingOptions | undefined>>;

export type InstancePreset = keyof typeof instancePresets;

export interface PostprocessOptions {
  /** Holes in a class become of that class where they are background. Default false. */
  readonly fillHoles?: boolean;
  /** Objects of a smaller area become background: µm² where the mask has a spacing, else pixels. Default 0. */
  readonly removeSmall?: number;
  /** Only the largest object of each class stays. Default false. */
  readonly largest?: boolean;
  /** What an object is. Default `'components'`. */
  readonly instances?: InstancePreset;
}

export interface Objects {
  /** Class indices, uint8. */
  readonly mask: Raster;
  /** Number of the object at each pixel, int32: 0 in the background, then 1, 2, … class by class, row by row. */
  readonly labels: Raster & { readonly data: Int32Array };
  /** Class of each object, that of object 1 first. */
  readonly classOf: readonly number[];
}

/**
 * Tidies a mask and tells its objects apart, class by class: holes filled, objects divided, small ones removed, the largest
 * kept. The last class comes first, so that one inside another (a cup in a disc) leaves no hole where it goes.
 * @param mask class indices, uint8, one channel.
 * @param classes how many there are, the background included.
 * @param options what is done; the default does nothing but number the connected pieces.
 * @returns the tidied mask, the number of the object at each pixel, and the class of each object; the mask given is not
 *   written to.
 * @throws {SegscapeError} `BAD_OPTION` for a negative area; `SHAPE_MISMATCH` for a mask of several channels.
 */
export function postprocess(mask: Raster, classes: number, options: PostprocessOptions = {}): Objects {
  const { fillHoles: fills = false, removeSmall = 0, largest = false, instances = 'components' } = options;
  if (mask.channels !== 1)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `postprocess: the mask has ${mask.channels} channels; expected one, of class indices. Of classes that overlap give them one by one, as two classes: postprocess(classMask(mask, c), 2).`,
      { details: { channels: mask.channels } },
    );
  assertOption(removeSmall >= 0, 'postprocess', 'removeSmall', removeSmall, 'be an area of at least 0');
  const area = mask.spacing?.slice(-2).reduce((product, size) => product * size, 1) ?? 1;
  const tidy = Uint8Array.from(mask.data);
  const found: Found[] = [];
  for (let c = classes - 1; c > 0; c--) {
    let own: Raster = { ...mask, data: tidy.map((label) => Number(label === c)) };
    if (fills) {
      const { data } = fillHoles(own);
      for (let i = 0; i < tidy.length; i++) if (data[i] === 1 && tidy[i] === 0) tidy[i] = c;
      own = { ...mask, data: tidy.map((label) => Number(label === c)) };
    }
    const divided = dividedObjects(own, instances);
    // A closing grows objects: into the background alone.
    const labels = divided.map((object, i) => (tidy[i] === c || tidy[i] === 0 ? object : 0));
    const kept = keptOf(sizesOf(labels), Math.max(1, removeSmall / area), largest);
    for (let i = 0; i < labels.length; i++) {
      const stays = kept.has(labels[i]!);
      if (stays) tidy[i] = c;
      else if (tidy[i] === c) tidy[i] = 0;
      if (!stays) labels[i] = 0;
    }
    found.unshift({ class: c, labels });
  }
  return { mask: { ...mask, data: tidy }, ...numbered(mask, found) };
}

interface Found {
  readonly class: number;
  readonly labels: Int32Array;
}

function dividedObjects(own: Raster, instances: InstancePreset): Int32Array {
  const split = instancePresets[instances];
  return split === undefined ? connectedComponents(own).labels.data : splitTouching(own, split).data;
}

function sizesOf(labels: Int32Array): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const label of labels) if (label !== 0) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return sizes;
}

/** Objects that stay; of equally large ones the first. */
function keptOf(sizes: ReadonlyMap<number, number>, least: number, largest: boolean): ReadonlySet<number> {
  const enough = [...sizes].filter(([, size]) => size >= least);
  if (!largest) return new Set(enough.map(([label]) => label));
  const most = Math.max(...enough.map(([, size]) => size));
  return new Set(
    enough
      .filter(([, size]) => size === most)
      .map(([label]) => label)
      .slice(0, 1),
  );
}

/** Numbers without gaps, in the order of classes and of first pixels. */
function numbered(mask: Raster, found: readonly Found[]): Pick<Objects, 'labels' | 'classOf'> {
  const data = new Int32Array(mask.data.length);
  const classOf: number[] = [];
  for (const { class: c, labels } of found) {
    const numbers = new Map<number, number>();
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      if (label === 0) continue;
      let number = numbers.get(label);
      if (number === undefined) {
        classOf.push(c);
        number = classOf.length;
        numbers.set(label, number);
      }
      data[i] = number;
    }
  }
  return { labels: { ...mask, data }, classOf };
}

import { countOf, type Raster } from '@segscape/core';
import { type Normalize, toFloats } from '@segscape/data';

/** What a network was trained on, where that is known. */
export interface TrainedOn {
  /** Types of the training images' intensities, by NumPy's names. */
  readonly pixelTypes?: readonly string[];
  readonly normalize: Normalize;
}

const types = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
} as const;

const names = Object.keys(types) as (keyof typeof types)[];

const typeOf = ({ data }: Raster) => names.find((name) => data instanceof types[name]) ?? 'float32';

/** What a type is divided by, as `toFloats` does. */
function rangeOf(name: string): number {
  const known = names.find((type) => type === name) ?? 'float32';
  const [one] = toFloats({ data: types[known].of(1), height: 1, width: 1, channels: 1 });
  return Math.round(1 / one!);
}

const scaling = (name: string) => {
  const range = rangeOf(name);
  return `${name} is ${range === 1 ? 'taken as stored' : `divided by ${range}`}`;
};

/** Images whose intensities are of another range than those that the network was trained on. */
export interface PixelNotes {
  add(name: string, image: Raster): void;
  /** One for each type that was met. */
  notes(): string[];
}

/** Normalisation by each image's own figures sees no range; else an image of another type looks darker or brighter. */
export function pixelNotes({ pixelTypes = [], normalize }: TrainedOn): PixelNotes {
  const silent =
    pixelTypes.length === 0 ||
    (typeof normalize === 'string' && normalize !== 'scale' && normalize !== 'none');
  const ranges = new Set(pixelTypes.map(rangeOf));
  const met = new Map<string, { readonly first: string; count: number }>();
  return {
    add(name, image) {
      const type = typeOf(image);
      if (silent || ranges.has(rangeOf(type))) return;
      const known = met.get(type);
      if (known === undefined) met.set(type, { first: name, count: 1 });
      else known.count++;
    },
    notes: () =>
      [...met].map(([type, { first, count }]) => {
        const which = `${countOf(count, 'image')} (${first}${count > 1 ? ', …' : ''})`;
        const how =
          normalize === 'none' ? 'all are taken as stored' : [type, ...pixelTypes].map(scaling).join(', ');
        const trained = pixelTypes.join(' and ');
        return `${which} hold${count > 1 ? '' : 's'} ${type} intensities, and the network was trained on ${trained}: ${how}, so they may look much darker or brighter to it. Bring them to ${trained}, as bright as the training images, and segment them anew; or train on images like these.`;
      }),
  };
}

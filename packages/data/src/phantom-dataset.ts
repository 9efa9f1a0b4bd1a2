import { assertOption, random } from '@segscape/core';
import { assertOptions, flag, integer, options as optionsOf, word } from '@segscape/core/schema';
import { assertIndex, cachedDataset, type Dataset } from './dataset.js';
import { fundus } from './phantom/fundus.js';
import { membrane } from './phantom/membrane.js';

export interface PhantomOptions {
  /** `'fundus'`: RGB, classes background and disc. `'membrane'`: gray, classes inside and membrane. */
  readonly kind: 'fundus' | 'membrane';
  readonly count: number;
  /** Pixels. Default 128. */
  readonly height?: number;
  /** Pixels. Default the height. */
  readonly width?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
  /** For `'fundus'`: the cup as a third class. Default false. */
  readonly cup?: boolean;
}

const side = { minimum: 16, unit: 'pixels' } as const;

export const phantomSchema = optionsOf<PhantomOptions>(
  {
    kind: word('What is drawn.', ['fundus', 'membrane']),
    count: integer('How many images.', { minimum: 1 }),
    height: integer('Height of an image.', { default: 128, ...side }),
    width: integer('Width of an image; without it the height.', side),
    seed: integer('The same seed draws the same images.', { default: 0 }),
    cup: flag('For a fundus: the cup as a third class.', { default: false }),
  },
  ['kind', 'count'],
);

/**
 * Procedural, labelled pictures: the embedded default, so that nothing need be downloaded. The same seed gives the
 * same bits in Node and in every browser, and sample `i` does not depend on `count`.
 *
 *     phantomDataset({ kind: 'fundus', count: 40, height: 128, width: 128, seed: 1 });
 *
 * @param options what is drawn, how many, their height and width in pixels, and the seed.
 * @returns a dataset of uint8 images `[height, width, channels]` and masks of class indices, drawn by `get`.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function phantomDataset(options: PhantomOptions): Dataset {
  const { kind, count, height = 128, width = height, seed = 0, cup = false } = options;
  const where = 'phantomDataset';
  assertOptions(where, options, phantomSchema);
  assertOption(!cup || kind === 'fundus', where, 'cup', cup, "be given with kind 'fundus' only");
  const root = random(seed).fork(`phantom ${kind}`);
  const ids = Array.from({ length: count }, (_, index) => `${kind}-${String(index).padStart(4, '0')}`);
  const classes =
    kind === 'membrane' ? ['inside', 'membrane'] : ['background', 'disc', ...(cup ? ['cup'] : [])];
  return cachedDataset({
    length: count,
    classes,
    ids,
    async get(index) {
      assertIndex(where, index, count);
      const rng = root.fork(index);
      const made = kind === 'fundus' ? fundus({ height, width, cup }, rng) : membrane(height, width, rng);
      return { id: ids[index]!, ...made };
    },
    describe: () => ({ kind: 'phantom', length: count, classes, phantom: kind, height, width, seed, cup }),
  });
}

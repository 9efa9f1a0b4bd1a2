import { random } from '@segscape/core';
import { integer, options } from '@segscape/core/schema';
import type { Dataset } from '@segscape/data';
import { defineKind } from '@segscape/study';

interface SquaresOptions {
  readonly count?: number;
  readonly size?: number;
  readonly seed?: number;
}

const schema = options<SquaresOptions>({
  count: integer('Number of images.', { default: 8, minimum: 1 }),
  size: integer('Height and width, in pixels.', { default: 32, minimum: 8 }),
  seed: integer('32-bit seed.', { default: 0 }),
});

/** Bright squares on a noisy ground; two images of each patient. */
function squares({ count = 8, size = 32, seed = 0 }: SquaresOptions): Dataset {
  const ids = Array.from({ length: count }, (_, i) => `square-${i}`);
  const groups = ids.map((_, i) => `patient-${Math.floor(i / 2)}`);
  return {
    length: count,
    classes: ['ground', 'square'],
    ids,
    groups,
    async get(index) {
      // The same image whenever it is asked for: its random numbers follow from the seed and its name.
      const rng = random(seed).fork(ids[index]!);
      const side = rng.integer(size >> 2, size >> 1);
      const [top, left] = [rng.integer(0, size - side), rng.integer(0, size - side)];
      const inside = (at: number, start: number) => at >= start && at < start + side;
      const mask = Uint8Array.from({ length: size * size }, (_, i) =>
        Number(inside(Math.floor(i / size), top) && inside(i % size, left)),
      );
      const image = Uint8Array.from(mask, (label) => 60 + 90 * label + rng.integer(0, 60));
      const plane = { height: size, width: size, channels: 1 };
      return {
        id: ids[index]!,
        group: groups[index]!,
        image: { ...plane, data: image },
        mask: { ...plane, data: mask },
      };
    },
    describe: () => ({ kind: 'squares', length: count, classes: ['ground', 'square'], size, seed }),
  };
}

/** As a config knows it: `data: { kind: squares, count: 12, split: { test: 0.25 } }`. */
export const squaresKind = defineKind({ part: 'data', kind: 'squares', schema, make: squares });

import type { Raster } from '@segscape/core';
import { watershed } from '@segscape/morphology';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const line = (heights: readonly number[]): Raster => ({
  data: Float32Array.from(heights),
  height: 1,
  width: heights.length,
  channels: 1,
});
const digits = ({ data }: Raster) => data.join('');

test('water comes over a wall at the level of the wall: basins meet in the middle of the plain behind', () => {
  const markers = line([1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
  expect(digits(watershed(line([0, 2, 1, 1, 1, 1, 1, 1, 2, 0]), markers))).toBe('1111122222');
  // The lower of two walls is passed first, and all behind it is taken.
  expect(digits(watershed(line([0, 2, 1, 1, 1, 1, 1, 1, 3, 0]), markers))).toBe('1111111122');
});

test('a plain is shared by distance, in the order in which pixels were met', () => {
  const flat = line([0, 0, 0, 0, 0, 0, 0]);
  expect(digits(watershed(flat, line([1, 0, 0, 0, 0, 0, 2])))).toBe('1111222');
});

test('nearer neighbours are met before diagonal ones', () => {
  const plane = (data: number[]): Raster => ({
    data: Int32Array.from(data),
    height: 2,
    width: 2,
    channels: 1,
  });
  const labels = watershed(plane([0, 0, 0, 0]), plane([1, 0, 2, 0]), { connectivity: 2 });
  // From 1 the pixel beside it, then the one across: 2 comes later to what is beside it.
  expect(digits(labels)).toBe('1121');
});

/** The same flood with a plain list in place of a heap, searched anew for each pixel. */
function byList(elevation: Raster, markers: Raster, connectivity: number): number[] {
  const { depth = 1, height, width, data } = elevation;
  const labels = Array.from(markers.data);
  const place = (at: number) => [
    Math.floor(at / (width * height)),
    Math.floor(at / width) % height,
    at % width,
  ];
  const waiting = labels.flatMap((label, at) => (label === 0 ? [] : [{ at, level: data[at]!, age: 0 }]));
  for (let age = 1; waiting.length > 0; ) {
    let first = 0;
    waiting.forEach(({ level, age: born }, k) => {
      const best = waiting[first]!;
      if (level < best.level || (level === best.level && born < best.age)) first = k;
    });
    const [{ at, level }] = waiting.splice(first, 1) as [(typeof waiting)[number]];
    const here = place(at);
    const near = Array.from({ length: depth * height * width }, (_, other) => other)
      .map((other) => ({ other, moved: place(other).map((v, axis) => Math.abs(v - here[axis]!)) }))
      .filter(({ moved }) => Math.max(...moved) === 1)
      .map(({ other, moved }) => ({ other, steps: moved.reduce((sum, d) => sum + d, 0) }))
      .filter(({ steps }) => steps <= connectivity)
      .sort((a, b) => a.steps - b.steps || a.other - b.other);
    for (const { other } of near) {
      if (labels[other] !== 0) continue;
      labels[other] = labels[at]!;
      waiting.push({ at: other, level: Math.max(data[other]!, level), age: age++ });
    }
  }
  return labels;
}

test('is the flood by definition, over random hills, 2-D and 3-D, at every connectivity', () =>
  fc.assert(
    fc.property(
      fc.tuple(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
      ),
      fc.boolean(),
      fc.infiniteStream(fc.nat(3)),
      fc.infiniteStream(fc.nat(5)),
      fc.integer({ min: 1, max: 3 }),
      ([height, width, planes], flat, hills, seeds, most) => {
        const depth = flat ? 1 : planes;
        const size = depth * height * width;
        const take = (stream: Iterator<number>) =>
          Array.from({ length: size }, () => stream.next().value as number);
        const shape = { height, width, channels: 1, ...(!flat && { depth }) };
        const markers: Raster = {
          ...shape,
          data: Int32Array.from(take(seeds), (seed, at) => (seed === 0 ? at + 1 : 0)),
        };
        // Which of two markers at one height is first is the heap's: here each has a height of its own.
        const own = take(hills).map((height, at) => height + markers.data[at]! / 1024);
        const elevation: Raster = { ...shape, data: Float32Array.from(own) };
        const connectivity = (flat ? Math.min(most, 2) : most) as 1 | 2 | 3;
        expect(Array.from(watershed(elevation, markers, { connectivity }).data)).toEqual(
          byList(elevation, markers, connectivity),
        );
      },
    ),
    { numRuns: 200 },
  ));

import type { Raster } from '@segscape/core';
import { distanceTransform } from '@segscape/morphology';

interface Box {
  readonly low: number[];
  readonly high: number[];
}

/** Sizes as `[depth, height, width]`. */
const sizesOf = ({ depth = 1, height, width }: Raster) => [depth, height, width];

/** Smallest box around each object. */
function boxesOf(objects: Int32Array, count: number, sizes: readonly number[]): Box[] {
  const boxes = Array.from({ length: count }, () => ({ low: [...sizes], high: [0, 0, 0] }));
  const [, height, width] = sizes as [number, number, number];
  for (let at = 0; at < objects.length; at++) {
    const box = boxes[objects[at]! - 1];
    if (box === undefined) continue;
    [Math.floor(at / (width * height)), Math.floor(at / width) % height, at % width].forEach(
      (place, axis) => {
        box.low[axis] = Math.min(box.low[axis]!, place);
        box.high[axis] = Math.max(box.high[axis]!, place);
      },
    );
  }
  return boxes;
}

/** Distances to the nearest and second nearest object, infinite where they exceed the reach. */
export function twoNearest(objects: Int32Array, count: number, raster: Raster, reach: number) {
  const sizes = sizesOf(raster);
  const [, height, width] = sizes as [number, number, number];
  const first = new Float32Array(objects.length).fill(Number.POSITIVE_INFINITY);
  const second = first.slice();
  boxesOf(objects, count, sizes).forEach((box, index) => {
    const low = box.low.map((place) => Math.max(0, place - reach));
    const high = box.high.map((place, axis) => Math.min(sizes[axis]! - 1, place + reach));
    const extent = high.map((place, axis) => place - low[axis]! + 1) as [number, number, number];
    const data = new Uint8Array(extent[0] * extent[1] * extent[2]);
    const places = new Int32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const x = (i % extent[2]) + low[2]!;
      const y = (Math.floor(i / extent[2]) % extent[1]) + low[1]!;
      const z = Math.floor(i / (extent[2] * extent[1])) + low[0]!;
      places[i] = (z * height + y) * width + x;
      data[i] = objects[places[i]!] === index + 1 ? 0 : 1;
    }
    const [depth, boxHeight, boxWidth] = extent;
    const region = { data, depth, height: boxHeight, width: boxWidth, channels: 1 };
    const distances = distanceTransform(region).data;
    for (let i = 0; i < data.length; i++) {
      const [at, distance] = [places[i]!, distances[i]!];
      if (distance < first[at]!) {
        second[at] = first[at]!;
        first[at] = distance;
      } else if (distance < second[at]!) second[at] = distance;
    }
  });
  return { first, second };
}

/** Object values as 1, 2, … */
export function renumber(values: Int32Array): { data: Int32Array; count: number } {
  const names = new Map<number, number>();
  const data = values.map((value) => {
    if (value === 0) return 0;
    if (!names.has(value)) names.set(value, names.size + 1);
    return names.get(value) as number;
  });
  return { data, count: names.size };
}

import type { Mask } from './mask.js';

/** Steps to the neighbours that come earlier in a raster scan: along the axes, or also along the diagonals. */
function earlierSteps(axes: number, diagonal: boolean): number[][] {
  let steps: number[][] = [[]];
  for (let axis = 0; axis < axes; axis++)
    steps = steps.flatMap((step) => [-1, 0, 1].map((d) => [...step, d]));
  const isEarlier = (step: number[]) => (step.find((d) => d !== 0) ?? 1) < 0;
  return steps.filter((step) => isEarlier(step) && (diagonal || step.filter((d) => d !== 0).length === 1));
}

/**
 * Number of steps from each pixel to the nearest pixel that is 0: along the axes (`taxicab`) or also diagonally
 * (`chessboard`); Infinity where no pixel is 0. Two scans, exact for both.
 * @see Rosenfeld and Pfaltz, Distance functions on digital pictures, 1968.
 */
export function latticeDistance({ data, shape }: Mask, metric: 'taxicab' | 'chessboard'): Float64Array {
  const distance = Float64Array.from(data, (value) => (value === 0 ? 0 : Number.POSITIVE_INFINITY));
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const earlier = earlierSteps(shape.length, metric === 'chessboard');
  const later = earlier.map((step) => step.map((d) => -d));
  const place = new Array<number>(shape.length).fill(0);
  const relax = (i: number, steps: readonly number[][]) => {
    if (distance[i] === 0) return;
    shape.forEach((size, axis) => {
      place[axis] = Math.floor(i / strides[axis]!) % size;
    });
    for (const step of steps) {
      if (step.some((d, axis) => place[axis]! + d < 0 || place[axis]! + d >= shape[axis]!)) continue;
      const from = step.reduce((at, d, axis) => at + d * strides[axis]!, i);
      distance[i] = Math.min(distance[i]!, distance[from]! + 1);
    }
  };
  for (let i = 0; i < distance.length; i++) relax(i, earlier);
  for (let i = distance.length - 1; i >= 0; i--) relax(i, later);
  return distance;
}

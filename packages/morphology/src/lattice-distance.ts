import type { Space } from './space.js';

type Steps = readonly (readonly [dz: number, dy: number, dx: number])[];

/** Steps to the neighbours that come earlier in a raster scan: along the axes, or also along the diagonals. */
function earlierSteps(axes: number, diagonal: boolean): Steps {
  const steps: [number, number, number][] = [];
  for (const dz of axes === 3 ? [-1, 0] : [0])
    for (const dy of [-1, 0, 1])
      for (const dx of [-1, 0, 1]) {
        const isEarlier = dz < 0 || (dz === 0 && (dy < 0 || (dy === 0 && dx < 0)));
        const moved = Math.abs(dz) + Math.abs(dy) + Math.abs(dx);
        if (isEarlier && (diagonal || moved === 1)) steps.push([dz, dy, dx]);
      }
  return steps;
}

/**
 * Number of steps from each pixel to the nearest one that is 0 (or, with `ofBackground` false, that is not): along the axes
 * (`taxicab`) or also diagonally (`chessboard`); Infinity where there is none. Two scans, exact for both.
 * @see Rosenfeld, Pfaltz, Distance functions on digital pictures, 1968.
 */
export function latticeDistances(
  data: ArrayLike<number>,
  { depth, height, width, axes }: Space,
  metric: 'chessboard' | 'taxicab',
  ofBackground: boolean,
): Float32Array {
  const out = Float32Array.from({ length: data.length }, (_, i) =>
    (data[i] === 0) === ofBackground ? 0 : Number.POSITIVE_INFINITY,
  );
  const earlier = earlierSteps(axes, metric === 'chessboard');
  const later: Steps = earlier.map(([dz, dy, dx]) => [-dz, -dy, -dx]);
  const relax = (at: number, steps: Steps) => {
    if (out[at] === 0) return;
    const x = at % width;
    const y = Math.floor(at / width) % height;
    const z = Math.floor(at / (width * height));
    for (const [dz, dy, dx] of steps) {
      const [nz, ny, nx] = [z + dz, y + dy, x + dx];
      if (nz < 0 || ny < 0 || nx < 0 || nz >= depth || ny >= height || nx >= width) continue;
      const through = out[(nz * height + ny) * width + nx]! + 1;
      if (through < out[at]!) out[at] = through;
    }
  };
  for (let at = 0; at < out.length; at++) relax(at, earlier);
  for (let at = out.length - 1; at >= 0; at--) relax(at, later);
  return out;
}

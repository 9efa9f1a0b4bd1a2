import type { Mask } from './mask.js';

/** Elements of an object's surface on a lattice: their flat positions and what each counts. */
export interface SurfaceElements {
  readonly shape: readonly number[];
  readonly positions: Int32Array;
  /** Length of contour at each element; 1 for pixels. */
  readonly weights: Float64Array;
}

/** The smallest box that holds both masks, with nothing around it; undefined when both are empty. */
export function cropBoth(a: Mask, b: Mask): [Mask, Mask] | undefined {
  const [width = 1, height = 1, depth = 1] = [...a.shape].reverse();
  const low = [depth, height, width];
  const high = [-1, -1, -1];
  for (let z = 0, row = 0; z < depth; z++)
    for (let y = 0; y < height; y++, row += width) {
      // From both ends inwards: what lies between the first and the last pixel does not matter.
      let left = 0;
      while (left < width && a.data[row + left] === 0 && b.data[row + left] === 0) left++;
      if (left === width) continue;
      let right = width - 1;
      while (a.data[row + right] === 0 && b.data[row + right] === 0) right--;
      if (z < low[0]!) low[0] = z;
      if (y < low[1]!) low[1] = y;
      if (left < low[2]!) low[2] = left;
      high[0] = z;
      if (y > high[1]!) high[1] = y;
      if (right > high[2]!) high[2] = right;
    }
  if (high[0] === -1) return undefined;
  const [planes, rows, columns] = high.map((top, axis) => top - low[axis]! + 1) as [number, number, number];
  const cut = ({ data }: Mask): Mask => {
    const out = new Uint8Array(planes * rows * columns);
    for (let z = 0; z < planes; z++)
      for (let y = 0; y < rows; y++) {
        const from = ((low[0]! + z) * height + low[1]! + y) * width + low[2]!;
        out.set(data.subarray(from, from + columns), (z * rows + y) * columns);
      }
    return { data: out, shape: a.shape.length === 3 ? [planes, rows, columns] : [rows, columns] };
  };
  return [cut(a), cut(b)];
}

/**
 * Pixels of the object with a neighbour along an axis outside of it; beyond the border is outside. What `boundary` of
 * morphology marks, as positions, in one scan.
 */
export function edgePixels({ data, shape }: Mask): SurfaceElements {
  const [width = 1, height = 1, depth] = [...shape].reverse();
  const plane = height * width;
  const planes = depth ?? 1;
  const positions: number[] = [];
  for (let z = 0, i = 0; z < planes; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, i++) {
        if (data[i] === 0) continue;
        const open =
          x === 0 ||
          x === width - 1 ||
          y === 0 ||
          y === height - 1 ||
          data[i - 1] === 0 ||
          data[i + 1] === 0 ||
          data[i - width] === 0 ||
          data[i + width] === 0 ||
          (depth !== undefined &&
            (z === 0 || z === depth - 1 || data[i - plane] === 0 || data[i + plane] === 0));
        if (open) positions.push(i);
      }
  return {
    shape,
    positions: Int32Array.from(positions),
    weights: new Float64Array(positions.length).fill(1),
  };
}

/**
 * Corners between pixels that the contour passes, with its length there: each 2×2 neighbourhood is crossed by none, one
 * or two segments that join the middles of its sides.
 * @param spacing `[y, x]`.
 * @see Nikolov et al., 2018, the surface-distance metrics. https://arxiv.org/abs/1809.04430
 */
export function contourCorners({ data, shape }: Mask, [dy = 1, dx = 1]: readonly number[]): SurfaceElements {
  const [height, width] = shape as [number, number];
  const half = 0.5 * Math.hypot(dy, dx);
  const positions: number[] = [];
  const weights: number[] = [];
  const at = (y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : data[y * width + x]!;
  for (let y = 0; y <= height; y++)
    for (let x = 0; x <= width; x++) {
      const [nw, ne, sw, se] = [at(y - 1, x - 1), at(y - 1, x), at(y, x - 1), at(y, x)];
      const inside = nw + ne + sw + se;
      if (inside === 0 || inside === 4) continue;
      positions.push(y * (width + 1) + x);
      if (inside !== 2) weights.push(half);
      else if (nw === se) weights.push(2 * half);
      else weights.push(nw === ne ? dx : dy);
    }
  return {
    shape: [height + 1, width + 1],
    positions: Int32Array.from(positions),
    weights: Float64Array.from(weights),
  };
}

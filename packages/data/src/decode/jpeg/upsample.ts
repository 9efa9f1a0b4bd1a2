/** Samples of a component, `stride` apart from row to row, of which `width` × `height` belong to the picture. */
export interface Plane {
  readonly data: Uint8ClampedArray;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** The row of a plane that row `y` of one twice as high lies in, and the nearest other one. */
function rowsBeside({ height, stride }: Plane, y: number): [number, number] {
  const own = y >> 1;
  const other = Math.min(height - 1, Math.max(0, own + (y & 1 ? 1 : -1)));
  return [Math.imul(own, stride), Math.imul(other, stride)];
}

/**
 * A row of a plane at the picture's full width, into `out`: chroma of half the width or height is interpolated with
 * weights 3/4 and 1/4 ("fancy upsampling", triangle filter), as libjpeg does, roundings included; other factors repeat, and all
 * do unless `interpolates`.
 * @param h times as many columns are wanted. @param v times as many rows. @param width columns wanted.
 */
export function upsampledRow(
  plane: Plane,
  y: number,
  h: number,
  v: number,
  width: number,
  out: Int32Array,
  interpolates = true,
): void {
  const { data, stride } = plane;
  const last = plane.width - 1;
  if (interpolates && h === 1 && v === 2) {
    const [own, other] = rowsBeside(plane, y);
    const round = y & 1 ? 2 : 1;
    for (let x = 0; x < width; x++) out[x] = (3 * data[own + x]! + data[other + x]! + round) >> 2;
    return;
  }
  const fancy = interpolates && h === 2 && plane.width > 2;
  if (fancy && v === 1) {
    const row = Math.imul(y, stride);
    out[0] = data[row]!;
    for (let i = 0, x = 1; i < last; i++, x += 2) {
      const value = data[row + i]!;
      const next = data[row + i + 1]!;
      out[x] = (3 * value + next + 2) >> 2;
      out[x + 1] = (3 * next + value + 1) >> 2;
    }
    out[2 * last + 1] = data[row + last]!;
    return;
  }
  if (fancy && v === 2) {
    const [own, other] = rowsBeside(plane, y);
    let value = 3 * data[own]! + data[other]!;
    out[0] = (4 * value + 8) >> 4;
    for (let i = 0, x = 1; i < last; i++, x += 2) {
      const next = 3 * data[own + i + 1]! + data[other + i + 1]!;
      out[x] = (3 * value + next + 7) >> 4;
      out[x + 1] = (3 * next + value + 8) >> 4;
      value = next;
    }
    out[2 * last + 1] = (4 * value + 7) >> 4;
    return;
  }
  // In whole numbers of 32 bits, or every place would be a float.
  const row = Math.imul((y / v) | 0, stride);
  if (h === 1) for (let x = 0; x < width; x++) out[x] = data[row + x]!;
  else for (let x = 0; x < width; x++) out[x] = data[row + ((x / h) | 0)]!;
}

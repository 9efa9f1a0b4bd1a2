/** A shape of COCO: polygons of x, y pairs in pixels, or runs down the columns, plain or as its ASCII string. */
export type CocoSegmentation =
  | readonly (readonly number[])[]
  | { readonly size: readonly [number, number]; readonly counts: readonly number[] | string };

/** Numbers of COCO's string of runs: 5 bits a letter from `0` on, the sixth says more; from the third on differences. */
function runsOf(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, more] = [0, 0, true];
    while (more) {
      const code = text.charCodeAt(at++) - 48;
      if (!(code >= 0 && code < 64) || shift > 30) throw new Error('its string of runs is damaged');
      value |= (code & 31) << shift;
      shift += 5;
      more = (code & 32) !== 0;
      if (!more && (code & 16) !== 0 && shift < 32) value |= -1 << shift;
    }
    counts.push(counts.length > 2 ? value + counts[counts.length - 2]! : value);
  }
  return counts;
}

/** Calls `paint` with every pixel of runs that take turns outside and inside, down the columns. */
function paintRuns(
  counts: readonly number[],
  height: number,
  width: number,
  paint: (at: number) => void,
): void {
  let [place, inside] = [0, false];
  for (const count of counts) {
    if (!(Number.isInteger(count) && count >= 0) || place + count > height * width)
      throw new Error(`its runs do not fit ${width}×${height} pixels`);
    if (inside)
      for (let i = place; i < place + count; i++) paint((i % height) * width + Math.floor(i / height));
    place += count;
    inside = !inside;
  }
  if (place !== height * width) throw new Error(`its runs end after ${place} of ${height * width} pixels`);
}

/** Calls `paint` with every pixel whose centre lies inside the polygon (even-odd). */
function paintPolygon(
  points: readonly number[],
  height: number,
  width: number,
  paint: (at: number) => void,
): void {
  if (points.length < 6 || points.length % 2 !== 0 || !points.every(Number.isFinite))
    throw new Error(`its polygon has ${points.length} numbers`);
  const ys = points.filter((_, i) => i % 2 === 1);
  const [top, bottom] = [
    Math.max(0, Math.floor(Math.min(...ys))),
    Math.min(height, Math.ceil(Math.max(...ys))),
  ];
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5;
    const crossings: number[] = [];
    for (let i = 0; i < points.length; i += 2) {
      const [x0, y0] = [points[i]!, points[i + 1]!];
      const [x1, y1] = [points[(i + 2) % points.length]!, points[(i + 3) % points.length]!];
      if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i]! - 0.5));
      const to = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
      for (let x = from; x < to; x++) paint(row * width + x);
    }
  }
}

/**
 * Paints a shape of COCO.
 * @throws {Error} when it is damaged or of another size.
 */
export function paintSegmentation(
  segmentation: CocoSegmentation,
  height: number,
  width: number,
  paint: (at: number) => void,
): void {
  if (!('counts' in segmentation)) {
    for (const polygon of segmentation) paintPolygon(polygon, height, width, paint);
    return;
  }
  const { size, counts } = segmentation;
  if (size?.[0] !== height || size[1] !== width)
    throw new Error(`its runs are of ${size?.[1]}×${size?.[0]} pixels, the image of ${width}×${height}`);
  paintRuns(typeof counts === 'string' ? runsOf(counts) : counts, height, width, paint);
}

/** Lines that are worked on side by side: eight doubles fill one line of a processor's cache. */
export const lanes = 8;

/** The lines along one axis of a row-major block: `outer · inner` of them, each of `n` values that lie `inner` apart. */
export interface Lines {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** The lines along axis `axis` of `[...shape, channels]` values. */
export function linesOf(shape: readonly number[], channels: number, axis: number): Lines {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  return {
    outer: product(shape.slice(0, axis)),
    n: shape[axis]!,
    inner: product(shape.slice(axis + 1)) * channels,
  };
}

/** How many lines lie side by side in the block that `alongRows` hands on. */
export const stepOf = ({ inner }: Lines): number => Math.min(inner, lanes);

/**
 * Takes the lines of `data` through `strip` as they lie: up to eight side by side, or all of a row of fewer channels;
 * position `i` of line `k` at `i · stepOf(lines) + k`. `places` names the values that are taken (−1 stands for `cval`),
 * `work` leaves `n` positions of results at `from`, and they go back to where the lines came from. Both axes of a
 * picture, and the third of a volume, share one loop.
 */
export function alongRows(
  data: Float64Array,
  lines: Lines,
  strip: Float64Array,
  places: Int32Array,
  cval: number,
  from: Float64Array,
  work: () => void,
): void {
  const { outer, n, inner } = lines;
  const step = stepOf(lines);
  if (step === inner) {
    alongWhole(data, lines, strip, places, cval, from, work);
    return;
  }
  fillOutside(strip, step, places, cval);
  for (let block = 0; block < outer; block++)
    for (let k = 0; k < inner; k += step) {
      const start = block * n * inner + k;
      const width = Math.min(step, inner - k);
      packRows(data, start, inner, width, strip, step, places);
      work();
      unpackRows(data, start, inner, width, from, step, n);
    }
}

/** Rows that lie in one piece: the middle of each is copied at once. */
function alongWhole(
  data: Float64Array,
  { outer, n, inner }: Lines,
  strip: Float64Array,
  places: Int32Array,
  cval: number,
  from: Float64Array,
  work: () => void,
): void {
  const size = n * inner;
  const margin = (places.length - n) / 2;
  const [before, after] = [places.subarray(0, margin), places.subarray(margin + n)];
  const end = strip.subarray((margin + n) * inner);
  const results = from.subarray(0, size);
  fillOutside(strip, inner, places, cval);
  for (let start = 0; start < outer * size; start += size) {
    packRows(data, start, inner, inner, strip, inner, before);
    strip.set(data.subarray(start, start + size), margin * inner);
    packRows(data, start, inner, inner, end, inner, after);
    work();
    data.set(results, start);
  }
}

/** What lies outside is the same for all lines, and no work writes there. */
function fillOutside(strip: Float64Array, step: number, places: Int32Array, cval: number): void {
  for (let i = 0; i < places.length; i++) if (places[i]! < 0) strip.fill(cval, i * step, (i + 1) * step);
}

function packRows(
  data: Float64Array,
  start: number,
  inner: number,
  width: number,
  strip: Float64Array,
  step: number,
  places: Int32Array,
): void {
  for (let i = 0, at = 0; i < places.length; i++, at += step) {
    const place = places[i]!;
    const row = start + place * inner;
    if (place < 0) continue;
    if (width === lanes) copyEight(data, row, strip, at);
    else for (let k = 0; k < width; k++) strip[at + k] = data[row + k]!;
  }
}

function unpackRows(
  data: Float64Array,
  start: number,
  inner: number,
  width: number,
  from: Float64Array,
  step: number,
  n: number,
): void {
  for (let i = 0, at = 0, row = start; i < n; i++, at += step, row += inner)
    if (width === lanes) copyEight(from, at, data, row);
    else for (let k = 0; k < width; k++) data[row + k] = from[at + k]!;
}

function copyEight(from: Float64Array, at: number, to: Float64Array, place: number): void {
  to[place] = from[at]!;
  to[place + 1] = from[at + 1]!;
  to[place + 2] = from[at + 2]!;
  to[place + 3] = from[at + 3]!;
  to[place + 4] = from[at + 4]!;
  to[place + 5] = from[at + 5]!;
  to[place + 6] = from[at + 6]!;
  to[place + 7] = from[at + 7]!;
}

/**
 * Takes any eight lines of `data` at a time through `strip`, in place, where they lie interleaved: position `i` of line
 * `k` at `i · 8 + k`. For work that needs a line's one value before its next.
 */
export function alongLines(
  data: Float64Array,
  lines: Lines,
  strip: Float64Array,
  from: Float64Array,
  work: () => void,
): void {
  const { outer, n, inner } = lines;
  const begin = new Int32Array(lanes);
  for (let first = 0; first < outer * inner; first += lanes) {
    const count = Math.min(lanes, outer * inner - first);
    // Lines that there are not repeat the last one there is.
    for (let lane = 0; lane < lanes; lane++) {
      const line = first + Math.min(lane, count - 1);
      begin[lane] = Math.floor(line / inner) * n * inner + (line % inner);
    }
    interleave(data, begin, inner, strip, n);
    work();
    part(data, begin, inner, from, n);
  }
}

function interleave(
  data: Float64Array,
  begin: Int32Array,
  inner: number,
  strip: Float64Array,
  n: number,
): void {
  const [a, b, c, d, e, f, g, h] = begin as unknown as Eight;
  for (let i = 0, at = 0, row = 0; i < n; i++, at += lanes, row += inner) {
    strip[at] = data[a + row]!;
    strip[at + 1] = data[b + row]!;
    strip[at + 2] = data[c + row]!;
    strip[at + 3] = data[d + row]!;
    strip[at + 4] = data[e + row]!;
    strip[at + 5] = data[f + row]!;
    strip[at + 6] = data[g + row]!;
    strip[at + 7] = data[h + row]!;
  }
}

function part(data: Float64Array, begin: Int32Array, inner: number, from: Float64Array, n: number): void {
  const [a, b, c, d, e, f, g, h] = begin as unknown as Eight;
  for (let i = 0, at = 0, row = 0; i < n; i++, at += lanes, row += inner) {
    data[a + row] = from[at]!;
    data[b + row] = from[at + 1]!;
    data[c + row] = from[at + 2]!;
    data[d + row] = from[at + 3]!;
    data[e + row] = from[at + 4]!;
    data[f + row] = from[at + 5]!;
    data[g + row] = from[at + 6]!;
    data[h + row] = from[at + 7]!;
  }
}

type Eight = readonly [number, number, number, number, number, number, number, number];

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

/** What a strip takes from a line: position `i` is the line's `places[i]`, −1 stands for `cval`. */
export interface Reach {
  readonly places: Int32Array;
  readonly cval: number;
}

/**
 * Takes any eight lines of `data` at a time through `strip`, where they lie interleaved: position `i` of line `k` at
 * `i · 8 + k`. `work` leaves `n` positions of results at `from`, and they go back to where the lines came from. All axes
 * of a picture or a volume share this loop.
 */
export function alongLines(
  data: Float64Array,
  lines: Lines,
  strip: Float64Array,
  from: Float64Array,
  work: () => void,
  reach: Reach = { places: Int32Array.from({ length: lines.n }, (_, i) => i), cval: 0 },
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
    interleave(data, begin, inner, strip, reach);
    work();
    part(data, begin, inner, from, n);
  }
}

function interleave(
  data: Float64Array,
  begin: Int32Array,
  inner: number,
  strip: Float64Array,
  { places, cval }: Reach,
): void {
  const [a, b, c, d, e, f, g, h] = begin as unknown as Eight;
  for (let i = 0, at = 0; i < places.length; i++, at += lanes) {
    const row = places[i]! * inner;
    if (row < 0) {
      strip.fill(cval, at, at + lanes);
      continue;
    }
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

import { type DrawnPoint, placesOf } from './coarse-first.js';

/** A surface while it is drawn: between the points that are known, values are interpolated. */
export interface SketchedSurface {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Points that were evaluated, of all. */
  readonly known: number;
  readonly total: number;
}

/** Fills what is NaN of a line between its finite values, linearly in `places`; beyond them, if asked, with the nearest. */
function fillLine(line: Float32Array, places: Float64Array, beyond: boolean): void {
  let before = -1;
  for (let i = 0; i <= line.length; i++) {
    if (i < line.length && Number.isNaN(line[i]!)) continue;
    const [from, to] = [line[before], line[i]];
    for (let k = before + 1; k < i; k++)
      if (from !== undefined && to !== undefined) {
        const share = (places[k]! - places[before]!) / (places[i]! - places[before]!);
        line[k] = (1 - share) * from + share * to;
      } else if (beyond) line[k] = from ?? to ?? Number.NaN;
    before = i;
  }
}

/**
 * A grid `[y.length, x.length]` whose NaN are filled from what is known: along rows and columns between known points, which over a
 * lattice is bilinear interpolation; beyond all of them with the nearest.
 */
export function filled(known: Float32Array, x: Float64Array, y: Float64Array): Float32Array {
  const values = known.slice();
  for (const beyond of [false, true]) {
    for (let row = 0; row < y.length; row++)
      fillLine(values.subarray(row * x.length, (row + 1) * x.length), x, beyond);
    for (let column = 0; column < x.length; column++) {
      const line = Float32Array.from(y, (_, row) => values[row * x.length + column]!);
      fillLine(line, y, beyond);
      line.forEach((value, row) => {
        values[row * x.length + column] = value;
      });
    }
  }
  return values;
}

/** Collects the points of the surface that is under way. */
export class Sketch {
  #of: DrawnPoint['of'] | undefined;
  readonly #values = new Map<number, DrawnPoint['values']>();

  add({ index, values, of }: DrawnPoint): void {
    if (of !== this.#of) this.#values.clear();
    this.#of = of;
    this.#values.set(index, values);
  }

  /** What is known by now; undefined before the four corners are. */
  picture(): SketchedSurface | undefined {
    const all = this.#of;
    if (all === undefined || this.#values.size < 4) return undefined;
    const [x, y] = [0, 1].map((axis) => Float64Array.from(placesOf(all, axis))) as [
      Float64Array,
      Float64Array,
    ];
    const [columns, rows] = [x, y].map((places) => new Map([...places].map((place, i) => [place, i])));
    const grids: Record<string, Float32Array> = {};
    for (const { index, offsets } of all)
      for (const [loss, value] of Object.entries(this.#values.get(index) ?? {})) {
        grids[loss] ??= new Float32Array(x.length * y.length).fill(Number.NaN);
        grids[loss][rows!.get(offsets[1]!)! * x.length + columns!.get(offsets[0]!)!] = value;
      }
    const values = Object.entries(grids).map(([loss, known]) => [loss, filled(known, x, y)] as const);
    return { x, y, values: Object.fromEntries(values), known: this.#values.size, total: all.length };
  }
}

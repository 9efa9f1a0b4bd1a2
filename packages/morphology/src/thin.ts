import { assertOption, type Raster } from '@segscape/core';
import { assertKnown, type Known } from './known-options.js';
import { spaceOf, toBinary, withData } from './space.js';
import { goesAsScikitImage } from './zhang-suen-exceptions.js';

export interface ThinOptions {
  /**
   * Default `'guo-hall'`, which keeps every object (scikit-image's `thin`). `'zhang-suen'` deletes an object of 2×2
   * pixels, and slanting strokes two pixels wide from their ends down to two pixels. `'scikit-image'` is Zhang–Suen
   * with the exceptions that its `skeletonize` makes, which keep them.
   */
  readonly method?: 'guo-hall' | 'zhang-suen' | 'scikit-image';
  /** How often the outermost pixels are taken away, both subiterations together. Default: until nothing changes. */
  readonly maxIterations?: number;
}

const known: Known<ThinOptions> = { method: 0, maxIterations: 0 };

/** Eight neighbours clockwise from above: p2 … p9 of the papers. */
type Ring = readonly [number, number, number, number, number, number, number, number];

function zhangSuen(ring: Ring, odd: boolean): boolean {
  const [p2, p3, p4, p5, p6, p7, p8, p9] = ring;
  const count = p2 + p3 + p4 + p5 + p6 + p7 + p8 + p9;
  if (count < 2 || count > 6) return false;
  let rises = 0;
  for (let k = 0; k < 8; k++) if (ring[k] === 0 && ring[(k + 1) % 8] === 1) rises++;
  if (rises !== 1) return false;
  return odd ? p2 * p4 * p8 === 0 && p2 * p6 * p8 === 0 : p2 * p4 * p6 === 0 && p4 * p6 * p8 === 0;
}

function guoHall([p2, p3, p4, p5, p6, p7, p8, p9]: Ring, odd: boolean): boolean {
  const crossings =
    ((1 - p2) & (p3 | p4)) + ((1 - p4) & (p5 | p6)) + ((1 - p6) & (p7 | p8)) + ((1 - p8) & (p9 | p2));
  if (crossings !== 1) return false;
  const first = (p9 | p2) + (p3 | p4) + (p5 | p6) + (p7 | p8);
  const second = (p2 | p3) + (p4 | p5) + (p6 | p7) + (p8 | p9);
  const least = Math.min(first, second);
  if (least < 2 || least > 3) return false;
  return ((odd ? (p6 | p7 | (1 - p9)) & p8 : (p2 | p3 | (1 - p5)) & p4) & 1) === 0;
}

const rules = {
  'guo-hall': guoHall,
  'zhang-suen': zhangSuen,
  'scikit-image': (ring: Ring, odd: boolean) => goesAsScikitImage(ring, odd) ?? zhangSuen(ring, odd),
};

/** For each of the 256 rings, whether the centre goes. */
function table(rule: (ring: Ring, odd: boolean) => boolean, odd: boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, bits) =>
    rule(Array.from({ length: 8 }, (_, k) => (bits >> k) & 1) as unknown as Ring, odd) ? 1 : 0,
  );
}

/**
 * Thins a 2-D mask to lines one pixel wide that keep its connectivity (8 neighbours).
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options by whose rules, and how often.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`; `BAD_OPTION` for a volume; `MASK_VALUE_UNKNOWN` for NaN.
 * @see Zhang, Suen, A fast parallel algorithm for thinning digital patterns, 1984; Guo, Hall, Parallel thinning with
 *   two-subiteration algorithms, 1989.
 */
export function thin(mask: Raster, options: ThinOptions = {}): Raster & { readonly data: Uint8Array } {
  const where = 'thin';
  assertKnown(where, options, known);
  const { method = 'guo-hall', maxIterations = Number.POSITIVE_INFINITY } = options;
  const { height, width, axes } = spaceOf(where, mask);
  assertOption(
    axes === 2,
    where,
    'mask.depth',
    mask.depth,
    'be absent: only images are thinned, plane by plane',
  );
  assertOption(
    Object.hasOwn(rules, method),
    where,
    'method',
    method,
    "be 'guo-hall', 'zhang-suen' or 'scikit-image'",
  );
  const isCount = maxIterations === Number.POSITIVE_INFINITY || Number.isInteger(maxIterations);
  assertOption(
    isCount && maxIterations >= 0,
    where,
    'maxIterations',
    maxIterations,
    'be a whole number, at least 0, or Infinity',
  );
  const rule = rules[method];
  const tables = [table(rule, false), table(rule, true)];
  // A margin of one pixel spares the border checks.
  const stride = width + 2;
  const data = new Uint8Array(stride * (height + 2));
  const binary = toBinary(mask);
  for (let y = 0; y < height; y++)
    data.set(binary.subarray(y * width, (y + 1) * width), (y + 1) * stride + 1);
  const ring = [-stride, 1 - stride, 1, stride + 1, stride, stride - 1, -1, -stride - 1];
  const doomed = new Int32Array(binary.length);
  let changed = true;
  for (let round = 0; changed && round < maxIterations; round++) {
    changed = false;
    for (const goes of tables) {
      let count = 0;
      for (let at = stride + 1; at < data.length - stride - 1; at++) {
        if (data[at] === 0) continue;
        let bits = 0;
        for (let k = 0; k < 8; k++) bits |= data[at + ring[k]!]! << k;
        if (goes[bits] === 1) doomed[count++] = at;
      }
      for (let k = 0; k < count; k++) data[doomed[k]!] = 0;
      changed ||= count > 0;
    }
  }
  const out = new Uint8Array(binary.length);
  for (let y = 0; y < height; y++) {
    const from = (y + 1) * stride + 1;
    out.set(data.subarray(from, from + width), y * width);
  }
  return withData(mask, out);
}

import { a, b, c, d, e, f, g, h, inner, lay, lineCount, put, row, takeRow, turnTo } from './rows';

/**
 * Smooths, in place, all lines along one axis of `[outer, n, inner]` doubles, eight at a time: they are taken into `strip`
 * (room for `n + 2·radius + 4` rows of eight), position `i` from `places[i]`, where −1 stands for `cval`. Then
 * `out[i] = half[0]·strip[i + r] + Σ half[d]·(strip[i + r − d] + strip[i + r + d])`.
 */
export function smooth(
  values: usize,
  outer: i32,
  n: i32,
  across: i32,
  half: usize,
  radius: i32,
  places: usize,
  cval: f64,
  strip: usize,
): void {
  lay(outer, n, across);
  const far = inner << 3;
  for (let first = 0; first < lineCount; first += 8) {
    turnTo(values, first);
    for (let i = 0; i < n + 2 * radius; i++) {
      const to = strip + (<usize>i << 6);
      const place = load<i32>(places + (<usize>i << 2));
      if (place >= 0) {
        takeRow(to, <usize>place * far);
        continue;
      }
      const outside = f64x2.splat(cval);
      v128.store(to, outside);
      v128.store(to, outside, 16);
      v128.store(to, outside, 32);
      v128.store(to, outside, 48);
    }
    for (let i = 0; i < n; i += 4) {
      const from = strip + (<usize>i << 6);
      const at = <usize>i * far;
      const rows = n - i;
      convolve(from, half, radius, a + at, b + at, far, rows);
      convolve(from + 16, half, radius, c + at, d + at, far, rows);
      convolve(from + 32, half, radius, e + at, f + at, far, rows);
      convolve(from + 48, half, radius, g + at, h + at, far, rows);
    }
  }
}

@inline
function tap(sum: v128, weight: v128, low: v128, high: v128): v128 {
  return f64x2.add(sum, f64x2.mul(weight, f64x2.add(low, high)));
}

/**
 * Four positions of two lines. Each step outward needs one new row on either side; the others stay in registers, whose
 * names move on by one a step, so that four steps come back to where they began. A way out after each keeps engines from
 * loading for all four at once, which takes more registers than there are.
 */
function convolve(
  strip: usize,
  half: usize,
  radius: i32,
  first: usize,
  second: usize,
  far: usize,
  rows: i32,
): void {
  let low = strip + (<usize>radius << 6);
  let high = low + 3 * row;
  let l0 = v128.load(low);
  let l1 = v128.load(low, 64);
  let l2 = v128.load(low, 128);
  let l3 = v128.load(low, 192);
  let h0 = l0;
  let h1 = l1;
  let h2 = l2;
  let h3 = l3;
  let weight = v128.load64_splat(half);
  let s0 = f64x2.mul(weight, l0);
  let s1 = f64x2.mul(weight, l1);
  let s2 = f64x2.mul(weight, l2);
  let s3 = f64x2.mul(weight, l3);
  for (let rest = radius; rest > 0; rest -= 4) {
    weight = v128.load64_splat(half, 8);
    l3 = v128.load(low - row);
    h0 = v128.load(high, 64);
    s0 = tap(s0, weight, l3, h1);
    s1 = tap(s1, weight, l0, h2);
    s2 = tap(s2, weight, l1, h3);
    s3 = tap(s3, weight, l2, h0);
    if (rest == 1) break;
    weight = v128.load64_splat(half, 16);
    l2 = v128.load(low - 2 * row);
    h1 = v128.load(high, 128);
    s0 = tap(s0, weight, l2, h2);
    s1 = tap(s1, weight, l3, h3);
    s2 = tap(s2, weight, l0, h0);
    s3 = tap(s3, weight, l1, h1);
    if (rest == 2) break;
    weight = v128.load64_splat(half, 24);
    l1 = v128.load(low - 3 * row);
    h2 = v128.load(high, 192);
    s0 = tap(s0, weight, l1, h3);
    s1 = tap(s1, weight, l2, h0);
    s2 = tap(s2, weight, l3, h1);
    s3 = tap(s3, weight, l0, h2);
    if (rest == 3) break;
    low -= 4 * row;
    high += 4 * row;
    half += 32;
    weight = v128.load64_splat(half);
    l0 = v128.load(low);
    h3 = v128.load(high);
    s0 = tap(s0, weight, l0, h0);
    s1 = tap(s1, weight, l1, h1);
    s2 = tap(s2, weight, l2, h2);
    s3 = tap(s3, weight, l3, h3);
  }
  put(s0, first, second);
  if (rows > 1) put(s1, first + far, second + far);
  if (rows > 2) put(s2, first + 2 * far, second + 2 * far);
  if (rows > 3) put(s3, first + 3 * far, second + 3 * far);
}

import { a, b, c, d, e, f, g, h, inner, lay, lineCount, put, takeRow, turnTo } from './rows';

/**
 * Solves the cubic spline's tridiagonal equations, in place, for all lines along one axis of `[outer, n, inner]` doubles,
 * from their elimination; `strip` has room for `n` rows of eight.
 */
export function solve(
  values: usize,
  outer: i32,
  n: i32,
  across: i32,
  factor: usize,
  upper: usize,
  diagonal: usize,
  strip: usize,
): void {
  lay(outer, n, across);
  const far = inner << 3;
  for (let first = 0; first < lineCount; first += 8) {
    turnTo(values, first);
    for (let i = 0; i < n; i++) takeRow(strip + (<usize>i << 6), <usize>i * far);
    eliminate(strip, factor, n);
    // Backwards, four pairs of lines side by side, so that their divisions overlap.
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let i = n - 1; i >= 0; i--) {
      const u = v128.load64_splat(upper + (<usize>i << 3));
      const by = v128.load64_splat(diagonal + (<usize>i << 3));
      const from = strip + (<usize>i << 6);
      const at = <usize>i * far;
      const last = i == n - 1;
      s0 = back(s0, v128.load(from), u, by, last);
      s1 = back(s1, v128.load(from, 16), u, by, last);
      s2 = back(s2, v128.load(from, 32), u, by, last);
      s3 = back(s3, v128.load(from, 48), u, by, last);
      put(s0, a + at, b + at);
      put(s1, c + at, d + at);
      put(s2, e + at, f + at);
      put(s3, g + at, h + at);
    }
  }
}

@inline
function back(next: v128, value: v128, upper: v128, diagonal: v128, last: bool): v128 {
  return f64x2.div(last ? value : f64x2.sub(value, f64x2.mul(upper, next)), diagonal);
}

/** The way forward: each row times 6, less what the one before it explains. */
@inline
function eliminate(strip: usize, factor: usize, n: i32): void {
  const six = f64x2.splat(6);
  let s0 = f64x2.mul(v128.load(strip), six);
  let s1 = f64x2.mul(v128.load(strip, 16), six);
  let s2 = f64x2.mul(v128.load(strip, 32), six);
  let s3 = f64x2.mul(v128.load(strip, 48), six);
  for (let i = 0; ; ) {
    const at = strip + (<usize>i << 6);
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    if (++i >= n) break;
    const by = v128.load64_splat(factor + (<usize>i << 3));
    s0 = f64x2.sub(f64x2.mul(six, v128.load(at, 64)), f64x2.mul(by, s0));
    s1 = f64x2.sub(f64x2.mul(six, v128.load(at, 80)), f64x2.mul(by, s1));
    s2 = f64x2.sub(f64x2.mul(six, v128.load(at, 96)), f64x2.mul(by, s2));
    s3 = f64x2.sub(f64x2.mul(six, v128.load(at, 112)), f64x2.mul(by, s3));
  }
}

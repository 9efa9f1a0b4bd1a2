import { put, roundedBytes } from './pixels';
import { addressOf, both, carry, channels, columns, emptyMask, height, maskBytes, placeOf, shift, width } from './places';

/**
 * Sixteen products of coefficients in single precision, which for bytes lie below 9 · 255 (the magnitudes of the spline's
 * inverse add up to 3 along an axis), are within 16 · 2⁻²⁴ · 9 · 255 < 2.2e-3 of those in doubles.
 */
const doubt: f32 = 1 / 256;

let singleFrom: usize = 0;

/** Makes a copy in single precision of so many doubles: what `cubic` tries bytes by. */
export function setSingles(source: usize, count: i32, copy: usize): void {
  singleFrom = copy;
  for (let i: usize = 0; i < <usize>count; i += 2)
    v128.store64_lane(copy + (i << 2), f32x4.demote_f64x2_zero(v128.load(source + (i << 3))), 0);
}

/** Four neighbours of a row, by their weights. */
@inline
function line(from: usize, pixel: usize, w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  return f64x2.add(
    f64x2.add(
      f64x2.add(f64x2.mul(w0, v128.load(from)), f64x2.mul(w1, v128.load(from + pixel))),
      f64x2.mul(w2, v128.load(from + 2 * pixel)),
    ),
    f64x2.mul(w3, v128.load(from + 3 * pixel)),
  );
}

/** As `line`, of four values in single precision. */
@inline
function lineSingles(from: usize, pixel: usize, w0: v128, w1: v128, w2: v128, w3: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(w0, v128.load(from)), f32x4.mul(w1, v128.load(from + pixel))),
    f32x4.add(f32x4.mul(w2, v128.load(from + 2 * pixel)), f32x4.mul(w3, v128.load(from + 3 * pixel))),
  );
}

/** The cubic B-spline at a distance below 1: (t² (t − 2) · 3 + 4) / 6. */
@inline
function near(t: v128): v128 {
  const cube = f64x2.mul(f64x2.mul(t, t), f64x2.sub(t, f64x2.splat(2)));
  return f64x2.div(f64x2.add(f64x2.mul(cube, f64x2.splat(3)), f64x2.splat(4)), f64x2.splat(6));
}

/** Two values of a pixel from the 4 × 4 coefficients around it; weights of rows in their first lane, of columns in their second. */
@inline
function blendCubic(from: usize, row: i32, pixel: i32, first: v128, second: v128, third: v128, fourth: v128): v128 {
  const w0 = v128.shuffle<i64>(first, first, 1, 1);
  const w1 = v128.shuffle<i64>(second, second, 1, 1);
  const w2 = v128.shuffle<i64>(third, third, 1, 1);
  const w3 = v128.shuffle<i64>(fourth, fourth, 1, 1);
  const y0 = v128.shuffle<i64>(first, first, 0, 0);
  const y1 = v128.shuffle<i64>(second, second, 0, 0);
  const y2 = v128.shuffle<i64>(third, third, 0, 0);
  const y3 = v128.shuffle<i64>(fourth, fourth, 0, 0);
  let sum = f64x2.add(f64x2.splat(0), f64x2.mul(y0, line(from, pixel, w0, w1, w2, w3)));
  sum = f64x2.add(sum, f64x2.mul(y1, line(from + row, pixel, w0, w1, w2, w3)));
  sum = f64x2.add(sum, f64x2.mul(y2, line(from + 2 * row, pixel, w0, w1, w2, w3)));
  return f64x2.add(sum, f64x2.mul(y3, line(from + 3 * row, pixel, w0, w1, w2, w3)));
}

/** As `blendCubic`, of four values in single precision. */
@inline
function blendCubicSingles(from: usize, row: i32, pixel: i32, a: v128, b: v128, c: v128, d: v128): v128 {
  const first = f32x4.demote_f64x2_zero(a);
  const second = f32x4.demote_f64x2_zero(b);
  const third = f32x4.demote_f64x2_zero(c);
  const fourth = f32x4.demote_f64x2_zero(d);
  const w0 = v128.shuffle<i32>(first, first, 1, 1, 1, 1);
  const w1 = v128.shuffle<i32>(second, second, 1, 1, 1, 1);
  const w2 = v128.shuffle<i32>(third, third, 1, 1, 1, 1);
  const w3 = v128.shuffle<i32>(fourth, fourth, 1, 1, 1, 1);
  const y0 = v128.shuffle<i32>(first, first, 0, 0, 0, 0);
  const y1 = v128.shuffle<i32>(second, second, 0, 0, 0, 0);
  const y2 = v128.shuffle<i32>(third, third, 0, 0, 0, 0);
  const y3 = v128.shuffle<i32>(fourth, fourth, 0, 0, 0, 0);
  return f32x4.add(
    f32x4.add(
      f32x4.mul(y0, lineSingles(from, pixel, w0, w1, w2, w3)),
      f32x4.mul(y1, lineSingles(from + row, pixel, w0, w1, w2, w3)),
    ),
    f32x4.add(
      f32x4.mul(y2, lineSingles(from + 2 * row, pixel, w0, w1, w2, w3)),
      f32x4.mul(y3, lineSingles(from + 3 * row, pixel, w0, w1, w2, w3)),
    ),
  );
}

/** Cubic B-splines of rows `y0` to `y1` from their coefficients, which are doubles; otherwise as `linear`. */
@inline
export function cubic<T>(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  let count = 0;
  emptyMask();
  const pixel = channels << 3;
  const row = pixel * width;
  const border = both(<f64>(height - 2), <f64>(width - 2));
  for (let y = y0, p = 0, to = out; y < y1; y++)
    for (let x = 0; x < columns; x++, p++, to += <usize>channels * sizeof<T>()) {
      const place = placeOf(y, x, p);
      if (maskBytes > 0) carry(place, p);
      const at = f64x2.add(place, f64x2.splat(shift));
      if (!i64x2.all_true(v128.and(f64x2.ge(at, f64x2.splat(1)), f64x2.lt(at, border)))) {
        store<i32>(left + (<usize>count << 2), p);
        count++;
        continue;
      }
      const whole = f64x2.floor(at);
      const t = f64x2.sub(at, whole);
      const s = f64x2.sub(f64x2.splat(1), t);
      const first = f64x2.div(f64x2.mul(f64x2.mul(s, s), s), f64x2.splat(6));
      const second = near(t);
      const third = near(s);
      const fourth = f64x2.sub(f64x2.sub(f64x2.sub(f64x2.splat(1), first), second), third);
      let from = addressOf(source, whole, row, pixel) - row - pixel;
      let into = to;
      for (let rest = channels; rest > 0; rest -= 4, from += 32, into += 4 * sizeof<T>()) {
        if (sizeof<T>() == 1) {
          const single = singleFrom + ((from - source) >> 1);
          const sums = blendCubicSingles(single, row >> 1, pixel >> 1, first, second, third, fourth);
          if (roundedBytes(into, sums, doubt)) continue;
        }
        for (let i = 0; i < min(rest, 4); i += 2) {
          const sums = blendCubic(from + (i << 3), row, pixel, first, second, third, fourth);
          put<T>(into + i * sizeof<T>(), sums, rest > i + 1);
        }
      }
    }
  return count;
}

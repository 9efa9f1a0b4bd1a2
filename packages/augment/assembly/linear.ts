import { four, last, pair, put, roundedBytes, singles } from './pixels';
import { addressOf, both, carry, channels, columns, emptyMask, height, maskBytes, placeOf, width } from './places';

/** Four products of bytes in single precision are within 1e-4 of those in doubles. */
const doubt: f32 = 1 / 4096;

/** Two values from the four pixels around a place, by the weights of the upper two and of the lower two. */
@inline
function blend(above: v128, a: v128, b: v128, below: v128, c: v128, d: v128): v128 {
  const w00 = v128.shuffle<i64>(above, above, 0, 0);
  const w01 = v128.shuffle<i64>(above, above, 1, 1);
  const w10 = v128.shuffle<i64>(below, below, 0, 0);
  const w11 = v128.shuffle<i64>(below, below, 1, 1);
  const top = f64x2.add(f64x2.mul(w00, a), f64x2.mul(w01, b));
  const sum = f64x2.add(f64x2.add(top, f64x2.mul(w10, c)), f64x2.mul(w11, d));
  // Sums that begin with 0 have no −0, as in the plain form, which adds 0 to floats.
  return f64x2.add(sum, f64x2.splat(0));
}

/** As `blend`, of four bytes at once in single precision: within 1e-4 of it. */
@inline
function blendSingles(above: v128, a: v128, b: v128, below: v128, c: v128, d: v128): v128 {
  const top = f32x4.demote_f64x2_zero(above);
  const bottom = f32x4.demote_f64x2_zero(below);
  return f32x4.add(
    f32x4.add(
      f32x4.mul(v128.shuffle<i32>(top, top, 0, 0, 0, 0), singles(a)),
      f32x4.mul(v128.shuffle<i32>(top, top, 1, 1, 1, 1), singles(b)),
    ),
    f32x4.add(
      f32x4.mul(v128.shuffle<i32>(bottom, bottom, 0, 0, 0, 0), singles(c)),
      f32x4.mul(v128.shuffle<i32>(bottom, bottom, 1, 1, 1, 1), singles(d)),
    ),
  );
}

/** Linear interpolation of rows `y0` to `y1`; returns how many pixels it left to the border's rule, listed at `left`. */
@inline
export function linear<T>(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  let count = 0;
  emptyMask();
  const pixel = channels * sizeof<T>();
  const row = pixel * width;
  const border = both(<f64>(height - 1), <f64>(width - 1));
  for (let y = y0, p = 0, to = out; y < y1; y++)
    for (let x = 0; x < columns; x++, p++, to += <usize>pixel) {
      const place = placeOf(y, x, p);
      if (maskBytes > 0) carry(place, p);
      if (!i64x2.all_true(v128.and(f64x2.ge(place, f64x2.splat(0)), f64x2.lt(place, border)))) {
        store<i32>(left + (<usize>count << 2), p);
        count++;
        continue;
      }
      const whole = f64x2.floor(place);
      const far = f64x2.sub(place, whole);
      const near = f64x2.sub(f64x2.splat(1), far);
      const across = v128.shuffle<i64>(near, far, 1, 3);
      const above = f64x2.mul(v128.shuffle<i64>(near, near, 0, 0), across);
      const below = f64x2.mul(v128.shuffle<i64>(far, far, 0, 0), across);
      let from = addressOf(source, whole, row, pixel);
      let into = to;
      for (let rest = channels; rest > 0; rest -= 4, from += 4 * sizeof<T>(), into += 4 * sizeof<T>()) {
        let a = four<T>(from);
        let b = four<T>(from + pixel);
        let c = four<T>(from + row);
        let d = four<T>(from + row + pixel);
        if (sizeof<T>() == 1 && roundedBytes(into, blendSingles(above, a, b, below, c, d), doubt)) continue;
        for (let i = 0; i < min(rest, 4); i += 2) {
          const sums = blend(above, pair<T>(a), pair<T>(b), below, pair<T>(c), pair<T>(d));
          put<T>(into + i * sizeof<T>(), sums, rest > i + 1);
          a = last(a);
          b = last(b);
          c = last(c);
          d = last(d);
        }
      }
    }
  return count;
}

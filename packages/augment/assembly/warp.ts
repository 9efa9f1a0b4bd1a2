// Resampling in AssemblyScript: the same sums in the same order as the plain TypeScript, two lanes of doubles at once.
// Addresses are bytes in the module's memory, which the host lays out; nothing is allocated here.

import { four, last, pair, put, roundedBytes, singles } from './pixels';

// The picture that is sampled, the field and the mask that goes along; set once for a picture.
let width: i32 = 0;
let height: i32 = 0;
let channels: i32 = 0;
let shift: f64 = 0;
let columns: i32 = 0;
let dy: usize = 0;
let dx: usize = 0;
let doubles: bool = false;
let maskFrom: usize = 0;
let maskTo: usize = 0;
let maskBytes: i32 = 0;
let maskHeight: i32 = 0;
let maskWidth: i32 = 0;
let maskLeft: usize = 0;
let maskCount: i32 = 0;

export function setSource(h: i32, w: i32, c: i32, margin: f64): void {
  height = h;
  width = w;
  channels = c;
  shift = margin;
}

/** A field of `w` columns, its two arrays of doubles or of floats. */
export function setField(w: i32, y: usize, x: usize, isDouble: bool): void {
  columns = w;
  dy = y;
  dx = x;
  doubles = isDouble;
}

/** What is taken along by its nearest pixel, so many bytes each; 0 bytes for nothing. */
export function setMask(from: usize, to: usize, bytes: i32, h: i32, w: i32, left: usize): void {
  maskFrom = from;
  maskTo = to;
  maskBytes = bytes;
  maskHeight = h;
  maskWidth = w;
  maskLeft = left;
}

/** How many pixels of the mask the last loop left. */
export function maskLeftCount(): i32 {
  return maskCount;
}

@inline
function displacement(from: usize, p: i32): f64 {
  return doubles ? load<f64>(from + (<usize>p << 3)) : <f64>load<f32>(from + (<usize>p << 2));
}

/** Row and column that pixel `p` of the field, at row `y` and column `x`, is taken from. */
@inline
function placeOf(y: i32, x: i32, p: i32): v128 {
  return both(<f64>y + displacement(dy, p), <f64>x + displacement(dx, p));
}

@inline
function both(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** 2⁵²: a whole number added to it stands in the lowest bits. */
const wholes: f64 = 4503599627370496;

/** Where the pixel at a row and a column, whole numbers, stands. */
@inline
function addressOf(from: usize, at: v128, row: i32, pixel: i32): usize {
  const bits = f64x2.add(at, f64x2.splat(wholes));
  return from + <usize>(i32x4.extract_lane(bits, 0) * row + i32x4.extract_lane(bits, 2) * pixel);
}

/** Copies one pixel of the mask, or leaves it to the border's rule. */
function carry(place: v128, p: i32): void {
  const low = f64x2.ge(place, f64x2.splat(0));
  const high = f64x2.le(place, both(<f64>(maskHeight - 1), <f64>(maskWidth - 1)));
  if (i64x2.all_true(v128.and(low, high))) {
    const nearest = f64x2.floor(f64x2.add(place, f64x2.splat(0.5)));
    const from = addressOf(maskFrom, nearest, maskWidth * maskBytes, maskBytes);
    const to = maskTo + <usize>p * maskBytes;
    if (maskBytes == 1) store<u8>(to, load<u8>(from));
    else if (maskBytes == 4) store<u32>(to, load<u32>(from));
    else for (let b = 0; b < maskBytes; b++) store<u8>(to + b, load<u8>(from + b));
  } else {
    store<i32>(maskLeft + (<usize>maskCount << 2), p);
    maskCount++;
  }
}

/** The nearest pixels, of what is set as the mask: rows `y0` to `y1` of the field, whose arrays begin at `y0`. */
export function nearest(y0: i32, y1: i32): void {
  maskCount = 0;
  for (let y = y0, p = 0; y < y1; y++)
    for (let x = 0; x < columns; x++, p++) carry(placeOf(y, x, p), p);
}

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
  maskCount = 0;
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
        if (sizeof<T>() == 1 && roundedBytes(into, blendSingles(above, a, b, below, c, d))) continue;
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

/** Cubic B-splines of rows `y0` to `y1` from their coefficients, which are doubles; otherwise as `linear`. */
@inline
export function cubic<T>(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  let count = 0;
  maskCount = 0;
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
      for (let rest = channels; rest > 0; rest -= 2, from += 16, into += 2 * sizeof<T>())
        put<T>(into, blendCubic(from, row, pixel, first, second, third, fourth), rest > 1);
    }
  return count;
}

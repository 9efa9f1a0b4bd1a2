// Resampling in AssemblyScript: the same sums in the same order as the plain TypeScript, two lanes of doubles at once.
// Addresses are bytes in the module's memory, which the host lays out; nothing is allocated here.

import { four, last, pair, put } from './pixels';

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
function moved(base: i32, from: usize, p: i32): f64 {
  return <f64>base + (doubles ? load<f64>(from + (<usize>p << 3)) : <f64>load<f32>(from + (<usize>p << 2)));
}

/** Copies one pixel of the mask, or leaves it to the border's rule. */
@inline
function carry(cy: f64, cx: f64, p: i32): void {
  if (cy >= 0 && cx >= 0 && cy <= <f64>(maskHeight - 1) && cx <= <f64>(maskWidth - 1)) {
    const row = <i32>(cy + 0.5);
    const column = <i32>(cx + 0.5);
    const from = maskFrom + <usize>(row * maskWidth + column) * maskBytes;
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
    for (let x = 0; x < columns; x++, p++) carry(moved(y, dy, p), moved(x, dx, p), p);
}

@inline
function blend(w00: f64, a: v128, w01: f64, b: v128, w10: f64, c: v128, w11: f64, d: v128): v128 {
  return f64x2.add(
    f64x2.add(
      f64x2.add(f64x2.mul(f64x2.splat(w00), a), f64x2.mul(f64x2.splat(w01), b)),
      f64x2.mul(f64x2.splat(w10), c),
    ),
    f64x2.mul(f64x2.splat(w11), d),
  );
}

/** Linear interpolation of rows `y0` to `y1`; returns how many pixels it left to the border's rule, listed at `left`. */
@inline
export function linear<T>(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  let count = 0;
  maskCount = 0;
  const pixel = <usize>channels * sizeof<T>();
  const row = pixel * width;
  const bottom = <f64>(height - 1);
  const right = <f64>(width - 1);
  for (let y = y0, p = 0, to = out; y < y1; y++)
    for (let x = 0; x < columns; x++, p++, to += pixel) {
      const cy = moved(y, dy, p);
      const cx = moved(x, dx, p);
      if (maskBytes > 0) carry(cy, cx, p);
      if (!(cy >= 0 && cx >= 0 && cy < bottom && cx < right)) {
        store<i32>(left + (<usize>count << 2), p);
        count++;
        continue;
      }
      const iy = <i32>cy;
      const ix = <i32>cx;
      const v = cy - <f64>iy;
      const u = cx - <f64>ix;
      const w00 = (1 - v) * (1 - u);
      const w01 = (1 - v) * u;
      const w10 = v * (1 - u);
      const w11 = v * u;
      let from = source + row * iy + pixel * ix;
      let into = to;
      for (let rest = channels; rest > 0; rest -= 4) {
        const a = four<T>(from);
        const b = four<T>(from + pixel);
        const c = four<T>(from + row);
        const d = four<T>(from + row + pixel);
        // Sums that begin with 0 have no −0, as in the plain form, which adds 0 to floats.
        let sum = blend(w00, pair<T>(a), w01, pair<T>(b), w10, pair<T>(c), w11, pair<T>(d));
        put<T>(into, f64x2.add(sum, f64x2.splat(0)), rest > 1);
        if (rest > 2) {
          sum = blend(w00, pair<T>(last(a)), w01, pair<T>(last(b)), w10, pair<T>(last(c)), w11, pair<T>(last(d)));
          put<T>(into + 2 * sizeof<T>(), f64x2.add(sum, f64x2.splat(0)), rest > 3);
        }
        from += 4 * sizeof<T>();
        into += 4 * sizeof<T>();
      }
    }
  return count;
}

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

/** Cubic B-splines of rows `y0` to `y1` from their coefficients, which are doubles; otherwise as `linear`. */
@inline
export function cubic<T>(source: usize, out: usize, left: usize, y0: i32, y1: i32): i32 {
  let count = 0;
  maskCount = 0;
  const pixel = <usize>channels << 3;
  const row = pixel * width;
  const bottom = <f64>(height - 2);
  const right = <f64>(width - 2);
  for (let y = y0, p = 0, to = out; y < y1; y++)
    for (let x = 0; x < columns; x++, p++, to += <usize>channels * sizeof<T>()) {
      const own = moved(y, dy, p);
      const across = moved(x, dx, p);
      if (maskBytes > 0) carry(own, across, p);
      const cy = own + shift;
      const cx = across + shift;
      if (!(cy >= 1 && cx >= 1 && cy < bottom && cx < right)) {
        store<i32>(left + (<usize>count << 2), p);
        count++;
        continue;
      }
      const iy = <i32>cy;
      const ix = <i32>cx;
      let t = cy - <f64>iy;
      let s = 1 - t;
      const y0w = (s * s * s) / 6;
      const y1w = (t * t * (t - 2) * 3 + 4) / 6;
      const y2w = (s * s * (s - 2) * 3 + 4) / 6;
      const y3w = 1 - y0w - y1w - y2w;
      t = cx - <f64>ix;
      s = 1 - t;
      const x0w = (s * s * s) / 6;
      const x1w = (t * t * (t - 2) * 3 + 4) / 6;
      const x2w = (s * s * (s - 2) * 3 + 4) / 6;
      const x3w = 1 - x0w - x1w - x2w;
      const w0 = f64x2.splat(x0w);
      const w1 = f64x2.splat(x1w);
      const w2 = f64x2.splat(x2w);
      const w3 = f64x2.splat(x3w);
      let from = source + row * (iy - 1) + pixel * (ix - 1);
      let into = to;
      for (let rest = channels; rest > 0; rest -= 2) {
        let sum = f64x2.add(f64x2.splat(0), f64x2.mul(f64x2.splat(y0w), line(from, pixel, w0, w1, w2, w3)));
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(y1w), line(from + row, pixel, w0, w1, w2, w3)));
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(y2w), line(from + 2 * row, pixel, w0, w1, w2, w3)));
        sum = f64x2.add(sum, f64x2.mul(f64x2.splat(y3w), line(from + 3 * row, pixel, w0, w1, w2, w3)));
        put<T>(into, sum, rest > 1);
        from += 16;
        into += 2 * sizeof<T>();
      }
    }
  return count;
}

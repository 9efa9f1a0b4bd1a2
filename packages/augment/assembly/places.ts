// Resampling in AssemblyScript: the same sums in the same order as the plain TypeScript, two lanes of doubles at once.
// Addresses are bytes in the module's memory, which the host lays out; nothing is allocated here.

// The picture that is sampled, the field and the mask that goes along; set once for a picture.
export let width: i32 = 0;
export let height: i32 = 0;
export let channels: i32 = 0;
export let shift: f64 = 0;
export let columns: i32 = 0;
let dy: usize = 0;
let dx: usize = 0;
let doubles: bool = false;
let maskFrom: usize = 0;
let maskTo: usize = 0;
export let maskBytes: i32 = 0;
let maskHeight: i32 = 0;
let maskWidth: i32 = 0;
let maskLeft: usize = 0;
export let maskCount: i32 = 0;

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

/** Forgets which pixels of the mask were left. */
export function emptyMask(): void {
  maskCount = 0;
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
export function placeOf(y: i32, x: i32, p: i32): v128 {
  return both(<f64>y + displacement(dy, p), <f64>x + displacement(dx, p));
}

@inline
export function both(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** 2⁵²: a whole number added to it stands in the lowest bits. */
const wholes: f64 = 4503599627370496;

/** Where the pixel at a row and a column, whole numbers, stands. */
@inline
export function addressOf(from: usize, at: v128, row: i32, pixel: i32): usize {
  const bits = f64x2.add(at, f64x2.splat(wholes));
  return from + <usize>(i32x4.extract_lane(bits, 0) * row + i32x4.extract_lane(bits, 2) * pixel);
}

/** Copies one pixel of the mask, or leaves it to the border's rule. */
export function carry(place: v128, p: i32): void {
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
  emptyMask();
  for (let y = y0, p = 0; y < y1; y++)
    for (let x = 0; x < columns; x++, p++) carry(placeOf(y, x, p), p);
}

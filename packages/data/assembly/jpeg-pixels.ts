// Luma and chroma to red, green and blue, sixteen pixels at a time: the same integers as in upsample.ts and colour.ts.

/** Twice as many columns from `count` values of 16 bits, each three quarters of its own and one of its neighbour's. */
@inline
function doubled(values: usize, count: i32, out: usize, even: i32, odd: i32, shift: i32): void {
  // Beyond both ends the last one stands again.
  store<i16>(values - 2, load<i16>(values));
  store<i16>(values + (<usize>count << 1), load<i16>(values + (<usize>count << 1) - 2));
  const three = i16x8.splat(3);
  const first = i16x8.splat(<i16>even);
  const second = i16x8.splat(<i16>odd);
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const at = values + (i << 1);
    const own = i16x8.mul(v128.load(at), three);
    const left = i16x8.shr_u(i16x8.add(i16x8.add(own, v128.load(at - 2)), first), shift);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(own, v128.load(at + 2)), second), shift);
    const bytes = i8x16.narrow_i16x8_u(left, right);
    v128.store(out + (i << 1), v128.shuffle<i8>(bytes, bytes, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15));
  }
}

/** A row of chroma at the picture's width: as it is, or doubled along the row, and between two rows where it has half of them. */
@inline
function chroma(plane: usize, own: i32, other: i32, stride: i32, count: i32, across: i32, down: i32, values: usize, row: usize): usize {
  const from = plane + <usize>(own * stride);
  if (across == 1) return from;
  const beside = plane + <usize>(other * stride);
  const three = i16x8.splat(3);
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const near = v128.load_ext<u8>(from + i);
    v128.store(
      values + (i << 1),
      down == 1 ? near : i16x8.add(i16x8.mul(near, three), v128.load_ext<u8>(beside + i)),
    );
  }
  if (down == 1) doubled(values, count, row, 1, 2, 2);
  else doubled(values, count, row, 8, 7, 4);
  return row;
}

/** The rounded 65,536th of two products, of eight pairs. */
@inline
function weighted(near: v128, far: v128, weights: v128): v128 {
  const half = i32x4.splat(32768);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(near, weights), half), 16),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(far, weights), half), 16),
  );
}

/** Sixteen pixels from their reds, greens and blues. */
@inline
function interleave(reds: v128, greens: v128, blues: v128, out: usize): void {
  const first = v128.shuffle<i8>(reds, greens, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const last = v128.shuffle<i8>(reds, greens, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const between = v128.shuffle<i8>(first, last, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 0, 0, 0, 0, 0);
  v128.store(out, v128.shuffle<i8>(first, blues, 0, 1, 16, 2, 3, 17, 4, 5, 18, 6, 7, 19, 8, 9, 20, 10));
  v128.store(out + 16, v128.shuffle<i8>(between, blues, 0, 21, 1, 2, 22, 3, 4, 23, 5, 6, 24, 7, 8, 25, 9, 10));
  v128.store(out + 32, v128.shuffle<i8>(last, blues, 26, 6, 7, 27, 8, 9, 28, 10, 11, 29, 12, 13, 30, 14, 15, 31));
}

/** Red, green and blue of a row, sixteen pixels at a time; the last may reach beyond it. */
@inline
function coloured(luma: usize, cb: usize, cr: usize, out: usize, width: i32): void {
  const middle = i16x8.splat(128);
  // 1.402 is 1 + 26,345 of 65,536, 1.772 is 2 − 14,942, 0.71414 is 1 − 18,734: what is left fits 16 bits.
  const forRed = i16x8(0, 26345, 0, 26345, 0, 26345, 0, 26345);
  const forGreen = i16x8(-22554, 18734, -22554, 18734, -22554, 18734, -22554, 18734);
  const forBlue = i16x8(-14942, 0, -14942, 0, -14942, 0, -14942, 0);
  for (let x = 0; x < width; x += 16, luma += 16, cb += 16, cr += 16, out += 48) {
    const bright = v128.load(luma);
    const blue = v128.load(cb);
    const red = v128.load(cr);
    const y0 = i16x8.extend_low_i8x16_u(bright);
    const y1 = i16x8.extend_high_i8x16_u(bright);
    const b0 = i16x8.sub(i16x8.extend_low_i8x16_u(blue), middle);
    const b1 = i16x8.sub(i16x8.extend_high_i8x16_u(blue), middle);
    const r0 = i16x8.sub(i16x8.extend_low_i8x16_u(red), middle);
    const r1 = i16x8.sub(i16x8.extend_high_i8x16_u(red), middle);
    const near0 = v128.shuffle<i16>(b0, r0, 0, 8, 1, 9, 2, 10, 3, 11);
    const far0 = v128.shuffle<i16>(b0, r0, 4, 12, 5, 13, 6, 14, 7, 15);
    const near1 = v128.shuffle<i16>(b1, r1, 0, 8, 1, 9, 2, 10, 3, 11);
    const far1 = v128.shuffle<i16>(b1, r1, 4, 12, 5, 13, 6, 14, 7, 15);
    const reds = i8x16.narrow_i16x8_u(
      i16x8.add(i16x8.add(y0, r0), weighted(near0, far0, forRed)),
      i16x8.add(i16x8.add(y1, r1), weighted(near1, far1, forRed)),
    );
    const greens = i8x16.narrow_i16x8_u(
      i16x8.add(i16x8.sub(y0, r0), weighted(near0, far0, forGreen)),
      i16x8.add(i16x8.sub(y1, r1), weighted(near1, far1, forGreen)),
    );
    const blues = i8x16.narrow_i16x8_u(
      i16x8.add(i16x8.add(y0, i16x8.shl(b0, 1)), weighted(near0, far0, forBlue)),
      i16x8.add(i16x8.add(y1, i16x8.shl(b1, 1)), weighted(near1, far1, forBlue)),
    );
    interleave(reds, greens, blues, out);
  }
}

/**
 * Pixels of rows `y0` to `y1` from luma and chroma, `across` and `down` times (1 or 2) as large.
 * @param luma from row `y0` on. @param cb both planes from row `first` on, `count` values of a row and `height` rows in all.
 * @param values room for a row of chroma in 16 bits and three values more, behind which two rows of bytes follow.
 */
export function pixels(
  luma: usize, lumaStride: i32, cb: usize, cr: usize, stride: i32, count: i32, height: i32, first: i32,
  across: i32, down: i32, values: usize, out: usize, width: i32, y0: i32, y1: i32,
): void {
  const blueRow = values + (((<usize>count << 1) + 64) & ~15);
  const redRow = blueRow + (((<usize>count << 1) + 64) & ~15);
  for (let y = y0; y < y1; y++, luma += <usize>lumaStride, out += <usize>(3 * width)) {
    const own = down == 1 ? y : y >> 1;
    const other = max(0, min(height - 1, own + ((y & 1) == 1 ? 1 : -1)));
    const blue = chroma(cb, own - first, other - first, stride, count, across, down, values, blueRow);
    const red = chroma(cr, own - first, other - first, stride, count, across, down, values, redRow);
    coloured(luma, blue, red, out, width);
  }
}

/** Pixels of so many rows from planes of red, green and blue that are as large as the picture. */
export function interleaved(red: usize, green: usize, blue: usize, stride: i32, out: usize, width: i32, rows: i32): void {
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x += 16) {
      const at = <usize>(y * stride + x);
      interleave(v128.load(red + at), v128.load(green + at), v128.load(blue + at), out + <usize>(3 * (y * width + x)));
    }
}

// Reading and writing the values of a pixel, two lanes of doubles at once. Loads of two or four values may reach past the
// last one; the host leaves room for that.

/** Four values as they follow each other, as integers; of float32 as they are. */
@inline
export function four<T>(at: usize): v128 {
  if (sizeof<T>() == 1) return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  if (sizeof<T>() == 2)
    return isSigned<T>()
      ? i32x4.extend_low_i16x8_s(v128.load64_zero(at))
      : i32x4.extend_low_i16x8_u(v128.load64_zero(at));
  return v128.load(at);
}

/** The first two of four values as doubles. */
@inline
export function pair<T>(values: v128): v128 {
  return isFloat<T>() ? f64x2.promote_low_f32x4(values) : f64x2.convert_low_i32x4_s(values);
}

/** The last two of four values, brought to the front. */
@inline
export function last(values: v128): v128 {
  return v128.shuffle<i64>(values, values, 1, 1);
}

/** Halves away from zero, as integers. */
@inline
function rounded(values: v128): v128 {
  const sign = v128.and(values, f64x2.splat(-0.0));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.add(values, v128.or(sign, f64x2.splat(0.5))));
}

/** Writes one or two values of a pixel, clamped to their type. */
@inline
export function put<T>(at: usize, values: v128, both: bool): void {
  if (isFloat<T>()) {
    const floats = f32x4.demote_f64x2_zero(values);
    store<f32>(at, f32x4.extract_lane(floats, 0));
    if (both) store<f32>(at + 4, f32x4.extract_lane(floats, 1));
    return;
  }
  let whole = rounded(values);
  if (sizeof<T>() < 4) {
    const bits = <i32>(8 * sizeof<T>());
    const high = isSigned<T>() ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
    whole = i32x4.min_s(whole, i32x4.splat(high));
    whole = i32x4.max_s(whole, i32x4.splat(isSigned<T>() ? -1 - high : 0));
  }
  store<T>(at, <T>i32x4.extract_lane(whole, 0));
  if (both) store<T>(at + sizeof<T>(), <T>i32x4.extract_lane(whole, 1));
}

/** Four integers in single precision. */
@inline
export function singles(values: v128): v128 {
  return f32x4.convert_i32x4_s(values);
}

/** 1.5 · 2²³: a small number added to it is rounded to a whole one, which stands in the lowest bits. */
const wholes: f32 = 12582912;
/**
 * Writes four bytes from sums in single precision, clamped, where none is nearer to a half than `doubt`, so that doubles
 * round alike; returns whether that was so. Bytes past a pixel's last belong to the next, which is written after it.
 */
@inline
export function roundedBytes(at: usize, given: v128, doubt: f32): bool {
  const sums = f32x4.pmin(f32x4.pmax(given, f32x4.splat(0)), f32x4.splat(255));
  const bits = f32x4.add(sums, f32x4.splat(wholes));
  const far = f32x4.abs(f32x4.sub(sums, f32x4.sub(bits, f32x4.splat(wholes))));
  if (v128.any_true(f32x4.gt(far, f32x4.splat(0.5 - doubt)))) return false;
  const bytes = v128.shuffle<u8>(bits, bits, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  store<u32>(at, i32x4.extract_lane(bytes, 0));
  return true;
}

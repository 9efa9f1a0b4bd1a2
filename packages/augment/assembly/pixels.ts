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

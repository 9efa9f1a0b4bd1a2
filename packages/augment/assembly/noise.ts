/**
 * As many draws in [−1, 1) of single precision, held as doubles, from xoroshiro128+ (Blackman, Vigna, 2021), whose two
 * words of 64 bits at `state` move on.
 */
export function noise(values: usize, count: i32, state: usize): void {
  let first = load<u64>(state);
  let second = load<u64>(state, 8);
  for (let i: usize = 0; i < <usize>count; i++) {
    const draw = <f64>(<u32>first + <u32>second) / 4294967296;
    store<f64>(values + (i << 3), <f64>(<f32>(2 * draw - 1)));
    second ^= first;
    first = rotl(first, 24) ^ second ^ (second << 16);
    second = rotl(second, 37);
  }
  store<u64>(state, first);
  store<u64>(state, second, 8);
}

/** Values times a factor in single precision, from the place of the first on; loads reach past an odd last one. */
export function scale(values: usize, count: i32, factor: f64): void {
  const by = f64x2.splat(factor);
  for (let i: usize = 0; i < <usize>count; i += 2)
    v128.store64_lane(
      values + (i << 2),
      f32x4.demote_f64x2_zero(f64x2.mul(by, v128.load(values + (i << 3)))),
      0,
    );
}

// The inverse cosine transform, four columns or rows at a time: the same integers as in inverse-dct.ts, sums and products of 32 bits
// that wrap alike.

/** Where a block stands between its two passes. */
const work: usize = 64;

@inline
function times(value: v128, constant: i32): v128 {
  return i32x4.mul(value, i32x4.splat(constant));
}

/** Four coefficients of a row, times their quantisation. */
@inline
function scaled(from: usize, table: usize, row: usize, half: usize): v128 {
  return i32x4.mul(v128.load_ext<i16>(from + (row << 4) + (half << 3)), v128.load(table + (row << 5) + (half << 4)));
}


/** Four rows of eight sums of 32 bits, each a column, as bytes. */
@inline
function storeRows(
  to: usize, width: usize, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128,
): void {
  const middle = i32x4.splat(128);
  const left = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.add(c0, middle), i32x4.add(c1, middle)),
    i16x8.narrow_i32x4_s(i32x4.add(c2, middle), i32x4.add(c3, middle)),
  );
  const right = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.add(c4, middle), i32x4.add(c5, middle)),
    i16x8.narrow_i32x4_s(i32x4.add(c6, middle), i32x4.add(c7, middle)),
  );
  const a = v128.shuffle<i8>(left, left, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const b = v128.shuffle<i8>(right, right, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const upper = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const lower = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  v128.store64_lane(to, upper, 0);
  v128.store64_lane(to + width, upper, 1);
  v128.store64_lane(to + 2 * width, lower, 0);
  v128.store64_lane(to + 3 * width, lower, 1);
}

/** Whether a block has no coefficient but the mean. */
@inline
function isFlat(from: usize): bool {
  let all = v128.and(v128.load(from), i16x8(0, -1, -1, -1, -1, -1, -1, -1));
  for (let row: usize = 16; row < 128; row += 16) all = v128.or(all, v128.load(from + row));
  return !v128.any_true(all);
}

/** A block of one value. */
@inline
function fill(from: usize, table: usize, to: usize, width: usize): void {
  const value = ((((load<i16>(from) as i32) * load<i32>(table)) << 2) + 16) >> 5;
  const bytes = i8x16.splat(<i8>max(0, min(255, value + 128)));
  for (let y: usize = 0; y < 8; y++) v128.store64_lane(to + y * width, bytes, 0);
}

/** Transforms the columns of a block into `work`, four at a time. */
@inline
function columns(from: usize, table: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const x0 = scaled(from, table, 0, half);
    const x1 = scaled(from, table, 1, half);
    const x2 = scaled(from, table, 2, half);
    const x3 = scaled(from, table, 3, half);
    const x4 = scaled(from, table, 4, half);
    const x5 = scaled(from, table, 5, half);
    const x6 = scaled(from, table, 6, half);
    const x7 = scaled(from, table, 7, half);
    const others = v128.or(v128.or(v128.or(x1, x2), v128.or(x3, x4)), v128.or(v128.or(x5, x6), x7));
    const flat = i32x4.eq(others, i32x4.splat(0));
    const mean = i32x4.shl(x0, 2);
    const z = times(i32x4.add(x2, x6), 4433);
    const low = i32x4.sub(z, times(x6, 15137));
    const high = i32x4.add(z, times(x2, 6270));
    const sum = i32x4.add(i32x4.shl(i32x4.add(x0, x4), 13), i32x4.splat(1024));
    const difference = i32x4.add(i32x4.shl(i32x4.sub(x0, x4), 13), i32x4.splat(1024));
    const z5 = times(i32x4.add(i32x4.add(x7, x3), i32x4.add(x5, x1)), 9633);
    const z1 = times(i32x4.add(x7, x1), 7373);
    const z2 = times(i32x4.add(x5, x3), 20995);
    const z3 = i32x4.sub(z5, times(i32x4.add(x7, x3), 16069));
    const z4 = i32x4.sub(z5, times(i32x4.add(x5, x1), 3196));
    const o0 = i32x4.add(i32x4.sub(times(x7, 2446), z1), z3);
    const o1 = i32x4.add(i32x4.sub(times(x5, 16819), z2), z4);
    const o2 = i32x4.add(i32x4.sub(times(x3, 25172), z2), z3);
    const o3 = i32x4.add(i32x4.sub(times(x1, 12299), z1), z4);
    const a = i32x4.add(sum, high);
    const b = i32x4.add(difference, low);
    const c = i32x4.sub(difference, low);
    const d = i32x4.sub(sum, high);
    const to = work + (half << 4);
    // A column of its mean alone keeps it, with 2 bits more, however large.
    v128.store(to, v128.bitselect(mean, i32x4.shr_s(i32x4.add(a, o3), 11), flat));
    v128.store(to + 32, v128.bitselect(mean, i32x4.shr_s(i32x4.add(b, o2), 11), flat));
    v128.store(to + 64, v128.bitselect(mean, i32x4.shr_s(i32x4.add(c, o1), 11), flat));
    v128.store(to + 96, v128.bitselect(mean, i32x4.shr_s(i32x4.add(d, o0), 11), flat));
    v128.store(to + 128, v128.bitselect(mean, i32x4.shr_s(i32x4.sub(d, o0), 11), flat));
    v128.store(to + 160, v128.bitselect(mean, i32x4.shr_s(i32x4.sub(c, o1), 11), flat));
    v128.store(to + 192, v128.bitselect(mean, i32x4.shr_s(i32x4.sub(b, o2), 11), flat));
    v128.store(to + 224, v128.bitselect(mean, i32x4.shr_s(i32x4.sub(a, o3), 11), flat));
  }
}

/** Transforms the rows of `work` into samples, four at a time. */
@inline
function rows(to: usize, width: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const from = work + (half << 7);
    const a0 = v128.load(from);
    const a1 = v128.load(from + 32);
    const a2 = v128.load(from + 64);
    const a3 = v128.load(from + 96);
    const b0 = v128.load(from + 16);
    const b1 = v128.load(from + 48);
    const b2 = v128.load(from + 80);
    const b3 = v128.load(from + 112);
    // Rows become columns.
    const a01 = v128.shuffle<i32>(a0, a1, 0, 4, 1, 5);
    const a23 = v128.shuffle<i32>(a2, a3, 0, 4, 1, 5);
    const a45 = v128.shuffle<i32>(a0, a1, 2, 6, 3, 7);
    const a67 = v128.shuffle<i32>(a2, a3, 2, 6, 3, 7);
    const b01 = v128.shuffle<i32>(b0, b1, 0, 4, 1, 5);
    const b23 = v128.shuffle<i32>(b2, b3, 0, 4, 1, 5);
    const b45 = v128.shuffle<i32>(b0, b1, 2, 6, 3, 7);
    const b67 = v128.shuffle<i32>(b2, b3, 2, 6, 3, 7);
    const x0 = v128.shuffle<i64>(a01, a23, 0, 2);
    const x1 = v128.shuffle<i64>(a01, a23, 1, 3);
    const x2 = v128.shuffle<i64>(a45, a67, 0, 2);
    const x3 = v128.shuffle<i64>(a45, a67, 1, 3);
    const x4 = v128.shuffle<i64>(b01, b23, 0, 2);
    const x5 = v128.shuffle<i64>(b01, b23, 1, 3);
    const x6 = v128.shuffle<i64>(b45, b67, 0, 2);
    const x7 = v128.shuffle<i64>(b45, b67, 1, 3);
    const z = times(i32x4.add(x2, x6), 4433);
    const low = i32x4.sub(z, times(x6, 15137));
    const high = i32x4.add(z, times(x2, 6270));
    const sum = i32x4.add(i32x4.shl(i32x4.add(x0, x4), 13), i32x4.splat(131072));
    const difference = i32x4.add(i32x4.shl(i32x4.sub(x0, x4), 13), i32x4.splat(131072));
    const z5 = times(i32x4.add(i32x4.add(x7, x3), i32x4.add(x5, x1)), 9633);
    const z1 = times(i32x4.add(x7, x1), 7373);
    const z2 = times(i32x4.add(x5, x3), 20995);
    const z3 = i32x4.sub(z5, times(i32x4.add(x7, x3), 16069));
    const z4 = i32x4.sub(z5, times(i32x4.add(x5, x1), 3196));
    const o0 = i32x4.add(i32x4.sub(times(x7, 2446), z1), z3);
    const o1 = i32x4.add(i32x4.sub(times(x5, 16819), z2), z4);
    const o2 = i32x4.add(i32x4.sub(times(x3, 25172), z2), z3);
    const o3 = i32x4.add(i32x4.sub(times(x1, 12299), z1), z4);
    const a = i32x4.add(sum, high);
    const b = i32x4.add(difference, low);
    const c = i32x4.sub(difference, low);
    const d = i32x4.sub(sum, high);
    storeRows(
      to + ((half * width) << 2), width,
      i32x4.shr_s(i32x4.add(a, o3), 18), i32x4.shr_s(i32x4.add(b, o2), 18),
      i32x4.shr_s(i32x4.add(c, o1), 18), i32x4.shr_s(i32x4.add(d, o0), 18),
      i32x4.shr_s(i32x4.sub(d, o0), 18), i32x4.shr_s(i32x4.sub(c, o1), 18),
      i32x4.shr_s(i32x4.sub(b, o2), 18), i32x4.shr_s(i32x4.sub(a, o3), 18),
    );
  }
}

/**
 * Samples of a row of blocks.
 * @param coefficients 64 a block, 16 bits. @param table their quantisation, 32 bits. @param out eight rows of 8 × `blocks` bytes.
 */
export function samples(coefficients: usize, table: usize, out: usize, blocks: i32): void {
  const width = <usize>blocks << 3;
  for (let i = 0; i < blocks; i++, coefficients += 128, out += 8) {
    if (isFlat(coefficients)) fill(coefficients, table, out, width);
    else {
      columns(coefficients, table);
      rows(out, width);
    }
  }
}

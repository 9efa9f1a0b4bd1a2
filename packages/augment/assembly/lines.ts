// The loops that take the time, in AssemblyScript: the same sums in the same order as the plain TypeScript, two lanes of
// doubles at once. Addresses are bytes in the module's memory, which the host lays out; nothing is allocated here.

/**
 * `out[i] = half[0]·strip[i + r·step] + Σ half[d]·(strip[i + (r − d)·step] + strip[i + (r + d)·step])`, eight at a time;
 * the last eight may reach past `count`.
 */
export function convolve(strip: usize, half: usize, count: i32, step: i32, radius: i32, out: usize): void {
  const far = <usize>step << 3;
  for (let i = 0; i < count; i += 8) {
    let low = strip + (<usize>i << 3) + far * radius;
    let high = low;
    let weight = v128.load64_splat(half);
    let s0 = f64x2.mul(weight, v128.load(low));
    let s1 = f64x2.mul(weight, v128.load(low, 16));
    let s2 = f64x2.mul(weight, v128.load(low, 32));
    let s3 = f64x2.mul(weight, v128.load(low, 48));
    for (let d = 1; d <= radius; d++) {
      low -= far;
      high += far;
      weight = v128.load64_splat(half + (<usize>d << 3));
      s0 = f64x2.add(s0, f64x2.mul(weight, f64x2.add(v128.load(low), v128.load(high))));
      s1 = f64x2.add(s1, f64x2.mul(weight, f64x2.add(v128.load(low, 16), v128.load(high, 16))));
      s2 = f64x2.add(s2, f64x2.mul(weight, f64x2.add(v128.load(low, 32), v128.load(high, 32))));
      s3 = f64x2.add(s3, f64x2.mul(weight, f64x2.add(v128.load(low, 48), v128.load(high, 48))));
    }
    const to = out + (<usize>i << 3);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
  }
}

/** Solves the cubic spline's equations for eight interleaved lines, in place, from their elimination. */
export function solve(strip: usize, factor: usize, upper: usize, diagonal: usize, n: i32): void {
  const six = f64x2.splat(6);
  for (let lane: usize = 0; lane < 64; lane += 16)
    v128.store(strip + lane, f64x2.mul(v128.load(strip + lane), six));
  for (let i = 1; i < n; i++) {
    const f = v128.load64_splat(factor + ((<usize>i) << 3));
    const row = strip + ((<usize>i) << 6);
    for (let lane: usize = 0; lane < 64; lane += 16) {
      const at = row + lane;
      v128.store(at, f64x2.sub(f64x2.mul(six, v128.load(at)), f64x2.mul(f, v128.load(at - 64))));
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const u = v128.load64_splat(upper + ((<usize>i) << 3));
    const d = v128.load64_splat(diagonal + ((<usize>i) << 3));
    const row = strip + ((<usize>i) << 6);
    for (let lane: usize = 0; lane < 64; lane += 16) {
      const at = row + lane;
      let value = v128.load(at);
      if (i < n - 1) value = f64x2.sub(value, f64x2.mul(u, v128.load(at + 64)));
      v128.store(at, f64x2.div(value, d));
    }
  }
}

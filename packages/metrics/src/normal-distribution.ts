/**
 * Standard normal distribution function, to double precision: a power series near 0, a continued fraction in the tails.
 * @see Abramowitz and Stegun, 26.2.11 and 26.2.14.
 */
export function normalCdf(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 4) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let tail = Math.abs(x);
  for (let k = 60; k >= 1; k--) tail = Math.abs(x) + k / tail;
  return x < 0 ? density / tail : 1 - density / tail;
}

/** Inverse of `normalCdf`, by bisection and Newton steps; ±Infinity at 1 and 0. */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return Number.NEGATIVE_INFINITY;
  if (!(p < 1)) return Number.POSITIVE_INFINITY;
  let [low, high] = [-39, 39];
  let x = 0;
  for (let k = 0; k < 40; k++) {
    if (normalCdf(x) < p) low = x;
    else high = x;
    x = (low + high) / 2;
  }
  for (let k = 0; k < 3; k++) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    if (density > 0) x -= (normalCdf(x) - p) / density;
  }
  return x;
}

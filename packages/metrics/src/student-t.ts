import { logGamma } from './log-gamma.js';

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), evaluated after Lentz, 1976. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const bounded = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / bounded(1 - ((a + b) * x) / (a + 1));
  let product = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / bounded(1 + even * d);
    c = bounded(1 + even / c);
    product *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / bounded(1 + odd * d);
    c = bounded(1 + odd / c);
    const step = d * c;
    product *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return product;
}

/** The regularised incomplete beta function, in [0, 1]. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast below the mean of the distribution.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** P(|T| ≥ |t|) of Student's distribution; `df` need not be whole. */
export const twoSidedT = (t: number, df: number): number =>
  Number.isNaN(t) ? Number.NaN : incompleteBeta(df / (df + t * t), df / 2, 0.5);

const known = new Map<string, number>();

/** The t that is exceeded in absolute value with this probability, by bisection on a scale that has no end. */
export function criticalT(probability: number, df: number): number {
  const key = `${probability} ${df}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  let [low, high] = [0, 1];
  const at = (u: number) => twoSidedT(u / (1 - u), df);
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (at(middle) > probability) low = middle;
    else high = middle;
  }
  const t = low / (1 - low);
  if (known.size < 1000) known.set(key, t);
  return t;
}

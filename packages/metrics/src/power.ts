import { logGamma } from './log-gamma.js';
import { normalCdf } from './normal-distribution.js';
import { twoSidedT } from './student-t.js';

/** The degrees of freedom whose |t| exceeds a critical value with a probability. */
function degreesOf(critical: number, probability: number): number {
  let [low, high] = [Math.log(0.1), Math.log(1e9)];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSidedT(critical, Math.exp(middle)) > probability) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}

/**
 * P(|T| ≥ critical) of the non-central t: the mean is `delta` standard errors from 0, and the standard error is estimated with
 * `df` degrees of freedom. Integrated over the ratio of the estimated to the true error, a scaled χ, by Simpson's rule over its
 * cubic root, in which the density is smooth at 0 for any `df` of at least 1.
 */
export function exceedingT(critical: number, delta: number, df: number): number {
  const spread = 12 / Math.sqrt(2 * df);
  const [from, to] = [Math.cbrt(Math.max(0, 1 - spread)), Math.cbrt(1 + spread)];
  const logScale = Math.log(6) + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  const at = (root: number) => {
    if (root === 0) return 0;
    const ratio = root ** 3;
    const density = Math.exp(logScale + (3 * df - 1) * Math.log(root) - (df / 2) * ratio * ratio);
    const reach = critical * ratio;
    return density * (normalCdf(delta - reach) + normalCdf(-delta - reach));
  };
  const steps = 2000;
  const width = (to - from) / steps;
  let sum = at(from) + at(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * at(from + i * width);
  return Math.min(1, (sum * width) / 3);
}

/**
 * Probability that a test at `level` finds a mean that is `delta` of its standard errors from 0; the critical value says with
 * how many degrees of freedom that error is estimated.
 */
export const powerAt = (delta: number, critical: number, level: number): number =>
  exceedingT(critical, delta, degreesOf(critical, level));

/** Degree of the B-spline that interpolates: 0 the nearest pixel, 1 linear, 3 cubic. */
export type Order = 0 | 1 | 2 | 3 | 4 | 5;

/** The four weights of the cubic B-spline at `t` in [0, 1) behind the second of them. */
export function cubicWeights(t: number, weights: Float64Array): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = (t * t * (t - 2) * 3 + 4) / 6;
  weights[2] = (s * s * (s - 2) * 3 + 4) / 6;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}

const fourth = (x: number) => x * x * x * x;

/** The quintic B-spline at distance `x` from its centre, up to 2. */
const quintic = (x: number) =>
  x <= 1
    ? (66 - x * x * (60 - x * x * (30 - 10 * x))) / 120
    : (51 + x * (75 - x * (210 - x * (150 - x * (45 - 5 * x))))) / 120;

/** The quartic B-spline at distance `x` from its centre, between ½ and 1½. */
const quartic = (x: number) => (55 + x * (20 - x * (120 - x * (80 - 16 * x)))) / 96;

/**
 * The `order + 1` weights of a B-spline: for odd orders at `t` in [0, 1) behind the pixel in the middle, for even ones
 * at `t` in [−½, ½) about it.
 * @see Unser, Splines: a perfect fit for signal and image processing, IEEE Signal Processing Magazine 16, 1999.
 */
export function splineWeights(order: Order, t: number, weights: Float64Array): void {
  switch (order) {
    case 0:
      weights[0] = 1;
      return;
    case 1:
      weights[0] = 1 - t;
      weights[1] = t;
      return;
    case 2:
      weights[0] = ((0.5 - t) * (0.5 - t)) / 2;
      weights[1] = 0.75 - t * t;
      weights[2] = 1 - weights[0] - weights[1];
      return;
    case 3:
      cubicWeights(t, weights);
      return;
    case 4:
      weights[0] = fourth(0.5 - t) / 24;
      weights[1] = quartic(1 + t);
      weights[2] = 115 / 192 - t * t * (0.625 - 0.25 * t * t);
      weights[3] = quartic(1 - t);
      weights[4] = 1 - weights[0] - weights[1] - weights[2] - weights[3];
      return;
    case 5:
      weights[0] = (fourth(1 - t) * (1 - t)) / 120;
      weights[1] = quintic(1 + t);
      weights[2] = quintic(t);
      weights[3] = quintic(1 - t);
      weights[4] = quintic(2 - t);
      weights[5] = 1 - weights[0] - weights[1] - weights[2] - weights[3] - weights[4];
  }
}

import { abs, add, div, fill, minimum, mul, softplus, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { defineLoss } from '../define/define-loss.js';
import { diceForm } from './dice.js';
import { indexBody, regionSchema } from './region-sums.js';

/** A polynomial, the coefficient of its highest power first. */
const polynomial = (x: Tensor, [highest = 0, ...others]: readonly number[]): Tensor =>
  others.reduce<Tensor>((sum, c) => add(mul(sum, x), c), fill(x.shape, highest));

/**
 * log cosh x up to 1, where it is nearly x²/2: `2 artanh(tanh²(x/2))` by tanh's continued fraction and artanh's series, to 1e-8.
 * Nothing cancels, on no backend: some GPUs' tanh, sinh and log1p have no digits left near 0.
 */
function near(x: Tensor): Tensor {
  const quarter = mul(square(x), 0.25);
  const slope = div(polynomial(quarter, [1, 105, 945]), polynomial(quarter, [15, 420, 945]));
  const y = mul(quarter, square(slope));
  return mul(mul(y, 2), polynomial(square(y), [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1]));
}

/** `a + log(1 + exp(-2a))`: log cosh a and ln 2. */
const tail = (a: Tensor): Tensor => add(a, softplus(mul(a, -2)));

/** From 1 on by its tail: a Dice loss of raw scores may be any number. */
function logCosh(x: Tensor): Tensor {
  const size = abs(x);
  const small = minimum(size, 1);
  return add(near(small), sub(tail(size), tail(small)));
}

/**
 * Log-cosh Dice loss, `log cosh(Dice loss)` of the reduced Dice loss: smooth near 0, where Dice is linear.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Jadon, 2020. https://arxiv.org/abs/2006.14822
 */
export const logCoshDice = defineLoss('logCoshDice', regionSchema, (settings, where) => {
  const inner = indexBody(where, settings, diceForm);
  return {
    value: (labels, logits) => {
      return logCosh(inner.value(labels, logits));
    },
  };
});

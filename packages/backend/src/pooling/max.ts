import {
  add,
  cast,
  equal,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  mul,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { cropped, padded, placed, seen, taps, type Window } from './window.js';

const lowest = -3.4e38;

/** Max pooling from slices and element-wise maxima. */
export function maxPooling(x: Tensor, window: Window): Tensor {
  return tidy(() => {
    const image = padded(x, window, lowest);
    return taps(window)
      .map((tap) => seen(image, window, tap))
      .reduce((most, next) => maximum(most, next));
  });
}

interface Winner {
  readonly tap: readonly number[];
  /** 1 where this place of the window held the maximum and no place before it did, `[N, …output, C]`. */
  readonly mask: Tensor;
}

/** Among equals TensorFlow.js takes the first in the plane and the last in a volume. */
function* winners(x: Tensor, window: Window): Generator<Winner> {
  const image = padded(x, window, lowest);
  const largest = maxPooling(x, window);
  let taken: Tensor | undefined;
  for (const tap of x.shape.length === 5 ? taps(window).reverse() : taps(window)) {
    const holds = equal(seen(image, window, tap), largest);
    const first = taken === undefined ? holds : logicalAnd(holds, logicalNot(taken));
    taken = taken === undefined ? holds : logicalOr(taken, holds);
    yield { tap, mask: cast(first, 'float32') };
  }
}

/** Its gradient: each output's goes to the one place that held the maximum. */
export function maxPoolingGradient(dy: Tensor, x: Tensor, window: Window): Tensor {
  return tidy(() => {
    const grid = window.input.map((n, i) => n + window.before[i]! + window.after[i]!);
    const sum = [...winners(x, window)]
      .map(({ tap, mask }) => placed(mul(dy, mask), window, grid, tap))
      .reduce((a, b) => add(a, b));
    return cropped(sum, window);
  });
}

/** The transpose of that: each output takes what `values`, shaped like x, has where the maximum was. */
export function atMaximum(values: Tensor, x: Tensor, window: Window): Tensor {
  return tidy(() => {
    const image = padded(values, window);
    return [...winners(x, window)]
      .map(({ tap, mask }) => mul(seen(image, window, tap), mask))
      .reduce((a, b) => add(a, b));
  });
}

import { add, mul, pad, slice, type Tensor } from '@tensorflow/tfjs-core';

/** Moves values along the last axis by `count` places towards its end, or its start when negative; `value` moves in. */
export function shift(x: Tensor, count: number, value: number): Tensor {
  const last = x.shape.length - 1;
  const [length, by] = [x.shape[last]!, Math.abs(count)];
  if (by >= length)
    return pad(
      slice(
        x,
        x.shape.map(() => 0),
        x.shape.map((n, i) => (i === last ? 0 : n)),
      ),
      x.shape.map((_, i) => [0, i === last ? length : 0]),
      value,
    );
  const begin = x.shape.map((_, i) => (i === last && count < 0 ? by : 0));
  const kept = slice(
    x,
    begin,
    x.shape.map((n, i) => (i === last ? n - by : n)),
  );
  return pad(
    kept,
    x.shape.map((_, i): [number, number] => (i !== last ? [0, 0] : count > 0 ? [by, 0] : [0, by])),
    value,
  );
}

/** Products of all values up to each, along the last axis: log₂ n rounds of products, so any order of gradient follows. */
export function prefixProducts(x: Tensor): Tensor {
  let products = x;
  for (let by = 1; by < x.shape.at(-1)!; by *= 2) products = mul(products, shift(products, by, 1));
  return products;
}

/** Products of all values from each on, along the last axis. */
export function suffixProducts(x: Tensor): Tensor {
  let products = x;
  for (let by = 1; by < x.shape.at(-1)!; by *= 2) products = mul(products, shift(products, -by, 1));
  return products;
}

/** r_i = values_i + factors_i · r_(i+1) along the last axis, from its end. */
export function recurrence(values: Tensor, factors: Tensor): Tensor {
  let [result, product] = [values, factors];
  for (let by = 1; by < values.shape.at(-1)!; by *= 2) {
    result = add(result, mul(product, shift(result, -by, 0)));
    product = mul(product, shift(product, -by, 1));
  }
  return result;
}

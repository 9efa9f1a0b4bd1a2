import {
  add,
  cast,
  clipByValue,
  equal,
  floor,
  linspace,
  minimum,
  mul,
  neg,
  reshape,
  slice,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';

/** Rows and columns, float32 `[batch or 1, height, width]`. */
export interface BatchPlaces {
  readonly y: Tensor;
  readonly x: Tensor;
}

/** Numbers 0, 1, …, n − 1; linspace makes them exactly. */
const counted = (n: number): Tensor => (n === 1 ? linspace(0, 0, 1) : linspace(0, n - 1, n));

/** Every pixel's own place. */
export const ownPlaces = (height: number, width: number): BatchPlaces => ({
  y: mul(reshape(counted(height), [1, height, 1]), reshape(add(mul(counted(width), 0), 1), [1, 1, width])),
  x: mul(reshape(add(mul(counted(height), 0), 1), [1, height, 1]), reshape(counted(width), [1, 1, width])),
});

/** Takes places through displacements `[batch, height, width, 2]`, (dy, dx). */
export function displaced({ y, x }: BatchPlaces, field: Tensor): BatchPlaces {
  const [batch, height, width] = field.shape as [number, number, number];
  const component = (c: number) =>
    reshape(slice(field, [0, 0, 0, c], [batch, height, width, 1]), [batch, height, width]);
  return { y: add(y, component(0)), x: add(x, component(1)) };
}

/**
 * Brings coordinates into [0, n − 1] as the border mode `'reflect'` does: d c b a | a b c d | d c b a. Between the last
 * pixel and its reflection lies the last pixel.
 */
function reflected(places: Tensor, n: number): Tensor {
  const from = add(places, 0.5);
  const within = sub(from, mul(floor(mul(from, 1 / (2 * n))), 2 * n));
  return clipByValue(sub(minimum(within, sub(2 * n, within)), 0.5), 0, n - 1);
}

export const folded = ({ y, x }: BatchPlaces, height: number, width: number): BatchPlaces => ({
  y: reflected(y, height),
  x: reflected(x, width),
});

/** Where pixels of a square come from that was turned counter-clockwise, `turns` quarters, `[batch, 1, 1]`. */
export function unturned({ y, x }: BatchPlaces, turns: Tensor, size: number): BatchPlaces {
  const [back, across] = [sub(size - 1, y), sub(size - 1, x)];
  const zero = mul(turns, 0);
  const is = (k: number) => equal(turns, k);
  const spread = (values: Tensor) => add(values, zero);
  const chosen = (one: Tensor, two: Tensor, three: Tensor, none: Tensor) =>
    where(is(1), spread(one), where(is(2), spread(two), where(is(3), spread(three), spread(none))));
  return { y: chosen(x, back, across, y), x: chosen(back, across, y, x) };
}

/** Where pixels come from that were exchanged along an axis of `n`, for samples whose `flips`, `[batch, 1, 1]`, are 1. */
export const unflipped = (places: Tensor, flips: Tensor, n: number): Tensor =>
  add(places, mul(flips, add(n - 1, mul(neg(places), 2))));

/** Index of each place in a plane's pixels, int32 `[batch, height · width]`, for whole coordinates. */
export function indicesOf(y: Tensor, x: Tensor, width: number): Tensor {
  const whole = cast(add(mul(y, width), x), 'int32');
  const [batch, rows, columns] = whole.shape as [number, number, number];
  return reshape(whole, [batch, rows * columns]);
}

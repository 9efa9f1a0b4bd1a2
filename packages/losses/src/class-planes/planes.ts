import { concat, reshape, slice, sum, type Tensor, transpose } from '@tensorflow/tfjs-core';

// Inside, classes come first and space is one axis: `[classes, batch, pixels]`. Sums over classes then run over whole
// planes in order, and what is per pixel broadcasts over them: several times faster than with two classes last.

/** `[batch, …space, classes]` as class planes `[classes, batch, pixels]`. */
export function toPlanes(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const classes = x.shape.at(-1) as number;
  const first = classes === 1 ? x : transpose(x, [x.rank - 1, ...axes.slice(0, -1)]);
  return reshape(first, [classes, x.shape[0] as number, -1]);
}

/** Class planes as `[batch, …space, classes]`, in the space of the logits. */
export function fromPlanes(planes: Tensor, logits: Tensor): Tensor {
  const whole = reshape(planes, [planes.shape[0] as number, ...logits.shape.slice(0, -1)]);
  return transpose(whole, [...whole.shape.map((_, axis) => axis).slice(1), 0]);
}

/** What is per pixel, `[batch, pixels]`, in the space of the logits: `[batch, …space]`. */
export const fromPixels = (x: Tensor, logits: Tensor): Tensor => reshape(x, logits.shape.slice(0, -1));

const range = (x: Tensor, start: number, length: number) =>
  slice(x, [start, ...new Array<number>(x.rank - 1).fill(0)], [length, ...x.shape.slice(1)]);

/** The chosen classes, along the first axis. */
export function selectClasses(x: Tensor, chosen: readonly number[]): Tensor {
  const first = chosen[0] as number;
  if (chosen.every((c, at) => c === first + at))
    return chosen.length === x.shape[0] ? x : range(x, first, chosen.length);
  return concat(
    chosen.map((c) => range(x, c, 1)),
    0,
  );
}

/** Sums of class planes over each sample's pixels, `[classes, batch]`; over the batch too, `[classes, 1]`. */
export const planeSums = (x: Tensor, batch: boolean): Tensor =>
  batch ? reshape(sum(x, [1, 2]), [-1, 1]) : sum(x, 2);

import { range, reshape, scatterND, type Tensor, type Tensor1D, topk } from '@tensorflow/tfjs-core';

/** Positions of the `count` largest values of a vector, `sorted` the largest first; int32 `[count]`, without gradient. */
export const largest = (values: Tensor, count: number, sorted: boolean): Tensor1D =>
  topk(values, count, sorted).indices as Tensor1D;

/** Values by rank brought back to where their ranks came from; zero where no rank did. */
export const toPlaces = (byRank: Tensor, order: Tensor1D, length: number): Tensor =>
  scatterND(reshape(order, [-1, 1]), byRank, [length]);

/** Ranks 0, 1, … of `count` values. */
export const ranks = (count: number): Tensor => range(0, count, 1, 'float32');

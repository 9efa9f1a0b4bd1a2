import {
  add,
  cast,
  concat,
  conv2d,
  conv2dTranspose,
  grads,
  logSoftmax,
  maxPool,
  mean,
  mul,
  neg,
  oneHot,
  relu,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';

type Weights = readonly Tensor[];
type Batch = { readonly weights: Weights; readonly images: Tensor; readonly labels: Tensor };

/** A step of gradient descent on a U of one level: down, up, and a skip. */
export function step({ weights, images, labels }: Batch) {
  const loss = (...[first, low, up, last, bias]: Tensor[]) => {
    const high = relu(add(conv2d(images as Tensor4D, first as Tensor4D, 1, 'same'), bias!)) as Tensor4D;
    const deep = relu(conv2d(maxPool(high, 2, 2, 'valid'), low as Tensor4D, 1, 'same')) as Tensor4D;
    const wide = conv2dTranspose(deep, up as Tensor4D, high.shape, 2, 'same');
    const logits = conv2d(concat([wide, high], -1) as Tensor4D, last as Tensor4D, 1, 'valid');
    const hot = cast(oneHot(labels as Tensor1D, 2), 'float32');
    return neg(mean(sum(mul(hot, logSoftmax(logits)), -1)));
  };
  const slopes = grads((...values: Tensor[]) => loss(...values))([...weights]);
  return {
    loss: loss(...weights),
    weights: weights.map((weight, i) => sub(weight, mul(slopes[i]!, 0.1))),
  };
}

const wave = (shape: number[], frequency: number) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.fround(Math.sin(i * frequency) / 2),
    ),
    shape,
  );

export const batch = (): Batch => ({
  weights: [
    wave([3, 3, 3, 4], 1.1),
    wave([3, 3, 4, 6], 1.3),
    wave([2, 2, 4, 6], 1.7),
    wave([1, 1, 8, 2], 1.9),
    wave([4], 2.1),
  ],
  images: wave([2, 8, 10, 3], 0.7),
  labels: tensor(
    Int32Array.from({ length: 160 }, (_, i) => Number(i % 3 === 0)),
    [2, 8, 10],
  ),
});

import { random } from '@segscape/core';
import {
  add,
  grad,
  grads,
  mean,
  mul,
  rsqrt,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { normalization } from '../src/normalization.js';
import '@segscape/testing';

const drawn = (shape: number[], seed: number, shift = 0) => {
  const rng = random(seed);
  const size = shape.reduce((product, n) => product * n, 1);
  return tensor(
    Float32Array.from({ length: size }, () => shift + rng.normal()),
    shape,
  );
};

/** Batch normalisation as a network in training applies it. */
function layer(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const channels = x.shape.at(-1)!;
  const params = {
    'n.scale': scale,
    'n.offset': offset,
    'n.mean': tensor(new Float32Array(channels)),
    'n.variance': tensor(new Float32Array(channels).fill(1)),
  };
  const part = normalization('n', channels, { norm: 'batch', momentum: 0.1 });
  return part.apply(x, { params, training: true, updates: {} } as never);
}

/** Operation by operation, with the engine's own gradients. */
function plain(x: Tensor, scale: Tensor, offset: Tensor): Tensor {
  const axes = x.shape.slice(0, -1).map((_, i) => i);
  const apart = sub(x, mean(x, axes, true));
  const spread = rsqrt(add(mean(square(apart), axes, true), 1e-5));
  return add(mul(mul(apart, spread), scale), offset);
}

const loss = (y: Tensor, weights: Tensor): Scalar => sum(mul(mul(y, weights), add(y, square(y))));

describe.each([{ shape: [2, 3, 4, 3] }, { shape: [1, 5, 1, 2] }, { shape: [2, 2, 3, 2, 2] }])(
  'batch normalisation of $shape',
  ({ shape }) => {
    const channels = shape.at(-1)!;
    const [x, weights, along] = [drawn(shape, 1, 2), drawn(shape, 2), drawn(shape, 3)];
    const [scale, offset] = [drawn([channels], 4, 1), drawn([channels], 5)];

    test('values and gradients are those of the plain operations', () => {
      expect(layer(x, scale, offset)).toBeAllclose(plain(x, scale, offset), { abs: 1e-5 });
      const slopes = (of: typeof layer) =>
        grads((...given: Tensor[]) => loss(of(given[0]!, given[1]!, given[2]!), weights))([x, scale, offset]);
      const expected = slopes(plain);
      slopes(layer).forEach((slope, i) => {
        expect(slope.shape).toEqual(expected[i]!.shape);
        expect(slope).toBeAllclose(expected[i]!, { abs: 2e-4, rel: 2e-4 });
      });
    });

    test('second derivatives, too', () => {
      const product = (of: typeof layer) =>
        tidy(() =>
          grad((at: Tensor) =>
            sum(mul(grad((inner: Tensor) => loss(of(inner, scale, offset), weights))(at), along)),
          )(x),
        );
      expect(product(layer)).toBeAllclose(product(plain), { abs: 2e-3, rel: 2e-3 });
      const byScale = (of: typeof layer) =>
        tidy(() =>
          grad((at: Tensor) =>
            sum(mul(grad((inner: Tensor) => loss(of(inner, at, offset), weights))(x), along)),
          )(scale),
        );
      expect(byScale(layer)).toBeAllclose(byScale(plain), { abs: 2e-3, rel: 2e-3 });
    });
  },
);

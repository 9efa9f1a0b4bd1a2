import {
  add,
  type GradConfig,
  matMul,
  mul,
  neg,
  pow,
  reshape,
  rsqrt,
  square,
  sub,
  type Tensor,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { rule, sumTo, unary } from './rule.js';

/** Sums over the channels within `radius` of each: a product with a band of ones. */
function overNeighbours(x: Tensor, radius: number): Tensor {
  const channels = x.shape.at(-1)!;
  const band = Float32Array.from({ length: channels * channels }, (_, i) =>
    Number(Math.abs(Math.floor(i / channels) - (i % channels)) <= radius),
  );
  return reshape(matMul(reshape(x, [-1, channels]), tensor2d(band, [channels, channels])), x.shape);
}

export const normalizations: readonly GradConfig[] = [
  rule('FusedBatchNorm', ['x', 'mean', 'variance', 'scale'], (dy, saved, { varianceEpsilon }) => {
    const { x, mean, variance, scale } = saved;
    const inverse = () => rsqrt(add(variance, varianceEpsilon as number));
    const scaled = () => (scale === undefined ? dy : mul(dy, scale));
    const centred = () => sub(x, mean);
    return {
      x: () => mul(scaled(), inverse()),
      mean: () => neg(sumTo(mul(scaled(), inverse()), mean.shape)),
      variance: () => {
        const spread = inverse();
        const slope = mul(mul(spread, mul(spread, spread)), -0.5);
        return sumTo(mul(mul(scaled(), centred()), slope), variance.shape);
      },
      scale: () => sumTo(mul(dy, mul(centred(), inverse())), mean.shape),
      offset: () => sumTo(dy, mean.shape),
    };
  }),
  unary('LRN', (dy, x, attrs) => {
    const [radius, bias, alpha, beta] = [attrs.depthRadius, attrs.bias, attrs.alpha, attrs.beta] as number[];
    const norm = add(mul(overNeighbours(square(x), radius!), alpha!), bias!);
    const shared = overNeighbours(mul(mul(dy, x), pow(norm, -beta! - 1)), radius!);
    return sub(mul(dy, pow(norm, -beta!)), mul(mul(x, shared), 2 * alpha! * beta!));
  }),
];

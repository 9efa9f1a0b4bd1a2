import { add, mean, mul, reshape, rsqrt, square, sub, type Tensor, tile } from '@tensorflow/tfjs-core';
import { type Layer, type ParamSpec, type Pass, parameter } from './layer.js';
import type { Norm } from './options.js';

export interface NormOptions {
  readonly norm: Norm;
  readonly groups?: number;
  readonly momentum: number;
}

const epsilon = 1e-5;

/** `(x - mean) / sqrt(variance + 1e-5)` over `axes`, which stay with size 1; `pooled` joins the statistics of channels. */
function standardized(
  x: Tensor,
  axes: number[],
  pooled = (statistic: Tensor) => statistic,
): { readonly y: Tensor; mean: Tensor; variance: Tensor } {
  const centre = pooled(mean(x, axes, true));
  const apart = sub(x, centre);
  const variance = pooled(mean(square(apart), axes, true));
  return { y: mul(apart, rsqrt(add(variance, epsilon))), mean: centre, variance };
}

const spatialAxes = (x: Tensor) => Array.from({ length: x.rank - 2 }, (_, i) => i + 1);

/**
 * Batch normalisation (Ioffe and Szegedy, 2015, https://arxiv.org/abs/1502.03167). While training, the batch's own
 * statistics normalise, and the running ones move towards them by `momentum`, with the unbiased variance, as
 * PyTorch does; otherwise the running ones normalise.
 */
function batch(name: string, x: Tensor, pass: Pass, momentum: number): Tensor {
  const [running, spread] = [parameter(pass, `${name}.mean`), parameter(pass, `${name}.variance`)];
  if (!pass.training) {
    // Two operations an element: the statistics are folded into one factor and one term.
    const factor = mul(parameter(pass, `${name}.scale`), rsqrt(add(spread, epsilon)));
    return add(mul(x, factor), sub(parameter(pass, `${name}.offset`), mul(running, factor)));
  }
  const { y, mean: centre, variance } = standardized(x, [0, ...spatialAxes(x)]);
  const count = x.size / x.shape[x.rank - 1]!;
  const towards = (old: Tensor, now: Tensor) =>
    add(mul(old, 1 - momentum), mul(reshape(now, old.shape), momentum));
  pass.updates[`${name}.mean`] = towards(running, centre);
  pass.updates[`${name}.variance`] = towards(spread, mul(variance, count / Math.max(1, count - 1)));
  return add(mul(y, parameter(pass, `${name}.scale`)), parameter(pass, `${name}.offset`));
}

/**
 * Group normalisation (Wu and He, 2018, https://arxiv.org/abs/1803.08494). Every channel has as many pixels, so a group's statistic is
 * the mean of its channels': the image itself need not be cut into groups, which would take it apart pixel by pixel.
 */
function grouped(x: Tensor, groups: number): Tensor {
  return standardized(x, spatialAxes(x), (statistic) => {
    const channels = statistic.shape.at(-1)!;
    const lead = statistic.shape.slice(0, -1);
    const members = reshape(statistic, [x.shape[0]!, groups, channels / groups]);
    const shared = tile(mean(members, 2, true), [1, 1, channels / groups]);
    return reshape(shared, [...lead, channels]);
  }).y;
}

/** The largest divisor of `channels` up to 8. */
function defaultGroups(channels: number): number {
  for (let groups = 8; groups > 1; groups--) if (channels % groups === 0) return groups;
  return 1;
}

/**
 * `name.scale` and `name.offset` per channel; for batch normalisation also the running `mean` and `variance`.
 * @param name what its parameters begin with.
 * @param channels of the maps.
 * @param options which one.
 * @returns a part of a network.
 */
export function normalization(
  name: string,
  channels: number,
  { norm, groups, momentum }: NormOptions,
): Layer {
  const spec = (role: 'scale' | 'offset' | 'mean' | 'variance'): ParamSpec => ({
    name: `${name}.${role}`,
    shape: [channels],
    role,
    fanIn: 1,
  });
  return {
    specs: [spec('scale'), spec('offset'), ...(norm === 'batch' ? [spec('mean'), spec('variance')] : [])],
    apply(x, pass) {
      if (norm === 'batch') return batch(name, x, pass, momentum);
      const y =
        norm === 'group' ? grouped(x, groups ?? defaultGroups(channels)) : standardized(x, spatialAxes(x)).y;
      return add(mul(y, parameter(pass, `${name}.scale`)), parameter(pass, `${name}.offset`));
    },
  };
}

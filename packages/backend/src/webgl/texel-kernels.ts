import { div, engine, type NamedAttrMap, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { type Attrs, type Inputs, kernelsOf } from '../kernels/registry.js';
import { channelSums, isChannelSum } from './channel-sums.js';
import { elementwise, written } from './elementwise.js';
import { readsTexels, runOnTexels } from './texels.js';

const step = elementwise(['x'], ({ alpha = 0 }) => {
  const slope = `mix(vec4(${written(alpha)}), vec4(1), greaterThan(x, vec4(0)))`;
  return `mix(${slope}, x, isnan(x))`;
});

const rsqrt = elementwise(['x'], () => 'mix(inversesqrt(x), x, isnan(x))');

/**
 * Kernels that TensorFlow.js has for one value a texel alone, so that around each all is taken apart and put together again:
 * three programs for one.
 */
export function registerTexelKernels(): void {
  const { repair } = kernelsOf('webgl');
  for (const [name, kernel] of Object.entries({ Step: step, Rsqrt: rsqrt }))
    repair(
      name,
      (inputs: Inputs, attrs: Attrs) => {
        const given = {
          inputs: { ...inputs },
          attrs: { ...attrs } as NamedAttrMap,
          backend: engine().backend,
        };
        return engine().makeTensorFromTensorInfo(kernel(given) as TensorInfo);
      },
      ({ x }) => x!.dtype !== 'float32' || x!.size === 0 || !readsTexels(),
    );
  repair(
    'Fill',
    (_, { shape, value }) =>
      runOnTexels({}, shape as number[], `void main() { setOutput(vec4(${written(value)})); }`),
    (_, { shape, value, dtype }) =>
      !Number.isFinite(value) ||
      (dtype ?? 'float32') !== 'float32' ||
      (shape as number[]).includes(0) ||
      !readsTexels(),
  );
  const isLeft = ({ x }: Inputs, attrs: Attrs) => !isChannelSum(x!, attrs) || !readsTexels();
  repair('Sum', ({ x }, attrs) => channelSums(x!, attrs), isLeft);
  repair(
    'Mean',
    ({ x }, attrs) => tidy(() => div(channelSums(x!, attrs), x!.size / x!.shape.at(-1)!)),
    isLeft,
  );
}

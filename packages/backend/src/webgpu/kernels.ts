import { mul, reverse, stridedSlice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { axisByAxis, padRows } from '../kernels/axis-by-axis.js';
import { repairCommon } from '../kernels/common.js';
import { type Attrs, kernelsOf } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';
import { type RowSlice, stridedSliceBy } from '../kernels/strided-slice.js';
import { binaryKernels, indexable, mostInputs, sameRank, sumOfMany } from './inputs.js';

/** Ranks whose coordinates WGSL can index; of others the backend's shaders do not compile, and give zeros. */
const most = 4;

/** Padding of tensors of any rank. */
const padded = (x: Tensor, { paddings, constantValue }: Attrs): Tensor =>
  tidy(() =>
    axisByAxis(x, (rows, axis) => {
      const [before, after] = (paddings as [number, number][])[axis]!;
      return padRows(rows, before, after, constantValue as number);
    }),
  );

/** The backend's own slice of few axes; an end before the first place can only be told by its mask. */
function sliced(rows: Tensor, { begin, end, stride }: RowSlice): Tensor {
  const [outer, , inner] = rows.shape as [number, number, number];
  return stridedSlice(rows, [0, begin, 0], [outer, end, inner], [1, stride, 1], 0, end < 0 ? 2 : 0);
}

/**
 * Replaces the kernels of the WebGPU backend that are wrong by compositions of others. A shader that does not compile is
 * no error there: it gives zeros. Calling it again does nothing.
 */
export function registerWebgpuKernels(): void {
  const { repair } = kernelsOf('webgpu');
  repair(
    'PadV2',
    ({ x }, attrs) => padded(x!, attrs),
    ({ x }) => x!.shape.length <= most,
  );
  repair(
    'StridedSlice',
    ({ x }, attrs) => stridedSliceBy(x!, attrs, sliced),
    ({ x }) => x!.shape.length <= most,
  );
  for (const name of binaryKernels) repair(name, (inputs, attrs) => sameRank(name, inputs, attrs), indexable);
  repair(
    'AddN',
    (inputs) => sumOfMany(Object.values(inputs)),
    (inputs) => Object.keys(inputs).length <= mostInputs,
  );
  // Only renames the type of true and false: what then moves them as numbers does not compile.
  repair(
    'Cast',
    (_inputs, _attrs, own) => tidy(() => mul(own(), 1)),
    ({ x }, { dtype }) => dtype !== 'float32' || x!.dtype === 'float32',
  );
  // Counts from the wrong end of each row.
  for (const name of ['Cumsum', 'Cumprod'])
    repair(
      name,
      ({ x }, attrs) =>
        tidy(() => {
          const axis = attrs.axis as number;
          const turned = { x: reverse(x!, axis) };
          const forwards = { ...attrs, reverse: false };
          return reverse(runKernel(name, turned, forwards), axis);
        }),
      (_inputs, attrs) => !attrs.reverse,
    );
  repairCommon('webgpu');
}

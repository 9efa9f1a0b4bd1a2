import { cast, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { type Attrs, type Inputs, kernelsOf } from '../kernels/registry.js';
import { maxPoolingGradient } from '../windows/max.js';
import { countsOtherwise, poolingWindow } from '../windows/window.js';
import {
  remainder,
  stretched,
  stretchesWell,
  stretching,
  stretchingWhole,
  tiled,
  tilesWell,
  wholeQuotient,
} from './broadcasting.js';
import { convolvesWell, withExactBorder } from './convolution2d.js';
import { convolution3d } from './convolution3d.js';
import { guardEmptyReductions, guardEmptyRows, guardEmptyWindows } from './empty.js';
import { depthwiseFilterGradient, filterGradient } from './filter-gradient.js';
import { fusedConvolution, fusesWell } from './fused.js';
import { assertPlaces, gathered, segmentSum } from './indexing.js';
import { depthwiseInputGradient, inputGradient, isGradientOf } from './input-gradient.js';
import { fusedMatrixProduct, fusesPlain, matrixProduct, multipliesWell } from './matrix-product.js';
import { everySoMany, isOnePixel, pooled, volumePooling, withoutNaN } from './pooling.js';
import { slopedBelowZero } from './prelu.js';
import { depthToSpace, stridedRows } from './slicing.js';
import { blockwiseMean, blockwiseSum, isShort, sumsWell } from './sums.js';
import { repairTypes } from './types.js';

/**
 * Adds the kernels that training needs and the wasm backend lacks, and replaces those of its own that are wrong or slow; all are
 * composed of its fast ones. Calling it again does nothing.
 */
export function registerWasmKernels(): void {
  const { define, repair } = kernelsOf('wasm');
  // https://github.com/tensorflow/tfjs/issues/8474
  define('Conv2DBackpropFilter', ({ x, dy }, attrs) => filterGradient(x!, dy!, attrs));
  define('DepthwiseConv2dNativeBackpropFilter', ({ x, dy }, attrs) =>
    depthwiseFilterGradient(x!, dy!, attrs),
  );
  define('DepthwiseConv2dNativeBackpropInput', ({ dy, filter }, attrs) =>
    depthwiseInputGradient(dy!, filter!, attrs),
  );
  define('UnsortedSegmentSum', ({ x, segmentIds }, attrs) =>
    segmentSum(
      x!.dtype === 'float32' ? x! : cast(x!, 'float32'),
      segmentIds as Tensor1D,
      attrs.numSegments as number,
    ),
  );
  for (const name of ['Conv2D', 'DepthwiseConv2dNative'] as const)
    repair(name, ({ x, filter }, attrs) => withExactBorder(name, x!, filter!, attrs), convolvesWell);
  // Right, but walk pixel by pixel; as convolutions of planes they are many times as fast.
  repair('Conv3D', ({ x, filter }, attrs) => convolution3d(x!, filter!, attrs));
  repair(
    'Conv2DBackpropInput',
    ({ dy, filter }, attrs) => inputGradient(dy!, filter!, attrs),
    // A transposed convolution may ask for a size that no convolution makes of it: what that means is the backend's own.
    ({ dy, filter }, attrs) => !isGradientOf(dy!, filter!, attrs),
  );
  // Zeros or rubbish with most windows.
  repair('Conv3DBackpropFilterV2', ({ x, dy }, attrs) => filterGradient(x!, dy!, attrs));
  repair('Conv3DBackpropInputV2', ({ dy, filter }, attrs) => inputGradient(dy!, filter!, attrs));
  repair('AvgPool3D', ({ x }, attrs) => volumePooling('AvgPool', x!, poolingWindow(x!.shape, attrs)));
  // Loses a window's maximum where not-a-number lies beside it; neither pooling takes windows of one pixel
  // (https://github.com/tensorflow/tfjs/issues/5355).
  repair('MaxPool', ({ x }, attrs, own) =>
    tidy(() => {
      const window = poolingWindow(x!.shape, attrs);
      if (isOnePixel(window)) return everySoMany(x!, window);
      if (countsOtherwise(attrs)) return pooled('MaxPool', x!, window);
      if (x!.dtype === 'float32') return own({ x: withoutNaN(x!) });
      return cast(own({ x: withoutNaN(cast(x!, 'float32')) }), x!.dtype);
    }),
  );
  repair(
    'AvgPool',
    ({ x }, attrs) => tidy(() => pooled('AvgPool', x!, poolingWindow(x!.shape, attrs))),
    ({ x }, attrs) => !isOnePixel(poolingWindow(x!.shape, attrs)) && !countsOtherwise(attrs),
  );
  // These start from the least positive number, so windows below zero give no maximum and no gradient; at borders, too, they are wrong.
  repair('MaxPool3D', ({ x }, attrs) => volumePooling('MaxPool', x!, poolingWindow(x!.shape, attrs)));
  for (const name of ['MaxPoolGrad', 'MaxPool3DGrad'])
    repair(name, ({ dy, input }, attrs) =>
      maxPoolingGradient(dy!, input!, poolingWindow(input!.shape, attrs)),
    );
  // Takes every batch's rows from the first one, number by number; `gatherND` copies whole rows.
  repair(
    'GatherV2',
    ({ x, indices }, attrs) => gathered(x!, indices!, attrs),
    ({ x }) => x!.dtype === 'string',
  );
  const checked = (
    name: string,
    placesOf: (inputs: Inputs, attrs: Attrs) => readonly [Tensor, readonly number[]],
  ) =>
    repair(
      name,
      (_inputs, _attrs, own) => own(),
      (inputs, attrs) => {
        assertPlaces(name, ...placesOf(inputs, attrs));
        return true;
      },
    );
  checked('GatherNd', ({ params, indices }) => [indices!, params!.shape]);
  checked('ScatterNd', ({ indices }, { shape }) => [indices!, shape as number[]]);
  checked('TensorScatterUpdate', ({ tensor, indices }) => [indices!, tensor!.shape]);
  checked('SparseToDense', ({ sparseIndices }, { outputShape }) => [sparseIndices!, outputShape as number[]]);
  // Knows one slope per channel only.
  repair(
    'Prelu',
    ({ x, alpha }) => slopedBelowZero(x!, alpha!),
    ({ x, alpha }) =>
      alpha!.size === 1 || (alpha!.size === x!.shape.at(-1) && alpha!.shape.at(-1) === alpha!.size),
  );
  // Right, but number by number. Whole numbers, which `tf.math.confusionMatrix` multiplies, it refuses.
  repair('BatchMatMul', matrixProduct, multipliesWell);
  // Adds the bias once for every 48 numbers of the inner length, unless both are plain matrices.
  repair('_FusedMatMul', fusedMatrixProduct, fusesPlain);
  repair('FusedConv2D', fusedConvolution('Conv2D'), fusesWell);
  repair('FusedDepthwiseConv2D', fusedConvolution('DepthwiseConv2dNative'), fusesWell);
  // Add one number after the other in single precision: of a million, the fourth digit is wrong.
  repair('Sum', ({ x }, attrs) => blockwiseSum(x!, attrs), sumsWell);
  repair('Mean', blockwiseMean, isShort);
  repair('Tile', ({ x }, { reps }) => tiled(x!, reps as number[]), tilesWell);
  for (const name of stretching) repair(name, stretched, stretchesWell);
  // Of whole numbers, by 0, it stops in the middle.
  repair('Mod', remainder, (inputs) => inputs.a!.dtype !== 'int32' && stretchesWell(inputs));
  for (const name of stretchingWhole)
    repair(name, stretched, (inputs) => inputs.a!.dtype === 'float32' || stretchesWell(inputs));
  // Leaves floats floats, where the other backends give whole numbers, and of whole numbers by 0 makes the least.
  repair('FloorDiv', wholeQuotient);
  repair('DepthToSpace', ({ x }, attrs) => depthToSpace(x!, attrs));
  repair('StridedSlice', ({ x }, attrs) => stridedRows(x!, attrs));
  repairTypes();
  repairCommon('wasm');
  guardEmptyWindows();
  guardEmptyReductions();
  guardEmptyRows();
}

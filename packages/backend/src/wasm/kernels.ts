import { cast, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { repairCommon } from '../kernels/common.js';
import { kernelsOf } from '../kernels/registry.js';
import { maxPoolingGradient } from '../pooling/max.js';
import { poolingWindow } from '../pooling/window.js';
import {
  remainder,
  stretched,
  stretchesWell,
  stretching,
  stretchingWhole,
  tiled,
  tilesWell,
} from './broadcasting.js';
import { stepsOver, withExactBorder } from './convolution2d.js';
import { convolution3d } from './convolution3d.js';
import { guardEmptyReductions, guardEmptyWindows } from './empty.js';
import { depthwiseFilterGradient, filterGradient } from './filter-gradient.js';
import { fusedConvolution, fusesWell } from './fused.js';
import { gathered, segmentSum } from './indexing.js';
import { depthwiseInputGradient, inputGradient, isGradientOf } from './input-gradient.js';
import { fusedMatrixProduct, fusesPlain, matrixProduct, multipliesWell } from './matrix-product.js';
import { everySoMany, isOnePixel, volumePooling, withoutNaN } from './pooling.js';
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
    segmentSum(x!, segmentIds as Tensor1D, attrs.numSegments as number),
  );
  // With 'same' borders, zeros where a stride is longer than the filter.
  for (const name of ['Conv2D', 'DepthwiseConv2dNative'] as const)
    repair(
      name,
      ({ x, filter }, attrs) => withExactBorder(name, x!, filter!, attrs),
      ({ x, filter }, attrs) => attrs.pad !== 'same' || !stepsOver(x!, filter!, attrs),
    );
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
      return isOnePixel(window) ? everySoMany(x!, window) : own({ x: withoutNaN(x!) });
    }),
  );
  repair(
    'AvgPool',
    ({ x }, attrs) => tidy(() => everySoMany(x!, poolingWindow(x!.shape, attrs))),
    ({ x }, attrs) => !isOnePixel(poolingWindow(x!.shape, attrs)),
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
  // Leaves floats floats, where the other backends give whole numbers.
  repair(
    'FloorDiv',
    (...given) => tidy(() => cast(stretched(...given), 'int32')),
    (inputs) => inputs.a!.dtype === 'int32' && stretchesWell(inputs),
  );
  repair('DepthToSpace', ({ x }, attrs) => depthToSpace(x!, attrs));
  repair('StridedSlice', ({ x }, attrs) => stridedRows(x!, attrs));
  repairTypes();
  repairCommon('wasm');
  guardEmptyWindows();
  guardEmptyReductions();
}

import {
  backend_util,
  concat,
  fill,
  getKernel,
  type KernelFunc,
  less,
  matMul,
  pad,
  registerKernel,
  reshape,
  scatterND,
  slice,
  stridedSlice,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
  tidy,
  unregisterKernel,
  where,
} from '@tensorflow/tfjs-core';
import { isDisjoint, maxPooling, maxPoolingGradient, poolingWindow } from './pooling.js';

type Attrs = Readonly<Record<string, unknown>>;

/**
 * Gradient of a convolution's kernel from the backend's own matrix product: for each tap, the pixels it saw
 * (`[N·H·W, in]`) times the gradient (`[N·H·W, out]`). Missing upstream: https://github.com/tensorflow/tfjs/issues/8474
 */
export function filterGradient(x: Tensor4D, dy: Tensor4D, attrs: Attrs): Tensor4D {
  return tidy(() => {
    const filterShape = attrs.filterShape as [number, number, number, number];
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      attrs.strides as number | [number, number],
      1,
      attrs.pad as 'same' | 'valid' | number,
      attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    );
    const { padInfo, outHeight, outWidth, strideHeight, strideWidth } = info;
    const [kh, kw, inputs, outputs] = filterShape;
    const padded = pad(x, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ]);
    const gradient = reshape(dy, [-1, outputs]);
    const taps: Tensor[] = [];
    for (let i = 0; i < kh; i++)
      for (let j = 0; j < kw; j++) {
        const end = [i + (outHeight - 1) * strideHeight + 1, j + (outWidth - 1) * strideWidth + 1] as const;
        const seen =
          strideHeight === 1 && strideWidth === 1
            ? slice(padded, [0, i, j, 0], [-1, outHeight, outWidth, -1])
            : stridedSlice(
                padded,
                [0, i, j, 0],
                [x.shape[0], end[0], end[1], inputs],
                [1, strideHeight, strideWidth, 1],
              );
        taps.push(matMul(reshape(seen, [-1, inputs]), gradient, true, false));
      }
    return reshape(concat(taps, 0), filterShape);
  });
}

/** Sums rows by their segment; rows of a negative segment are left out. */
function segmentSum(x: Tensor, segments: Tensor1D, count: number): Tensor {
  return tidy(() => {
    const outside = less(segments, 0);
    const index = where(outside, fill(segments.shape, count, 'int32'), segments);
    const sums = scatterND(reshape(index, [-1, 1]), x, [count + 1, ...x.shape.slice(1)]);
    return slice(sums, 0, count);
  });
}

type Pooled = (inputs: Record<string, Tensor>, window: ReturnType<typeof poolingWindow>) => Tensor;

const repaired = new WeakSet<KernelFunc>();

/** Replaces a pooling kernel of the backend where its windows are not disjoint; calling it again does nothing. */
function repair(
  kernelName: string,
  imageOf: (inputs: Record<string, Tensor>) => Tensor,
  kernel: Pooled,
): void {
  const own = getKernel(kernelName, 'wasm');
  if (own === undefined || repaired.has(own.kernelFunc)) return;
  const kernelFunc: KernelFunc = (params) => {
    const inputs = params.inputs as Record<string, Tensor>;
    const window = poolingWindow(imageOf(inputs).shape, (params.attrs ?? {}) as Attrs);
    return isDisjoint(window) ? own.kernelFunc(params) : kernel(inputs, window);
  };
  repaired.add(kernelFunc);
  unregisterKernel(kernelName, 'wasm');
  registerKernel({ ...own, kernelFunc });
}

/** Adds the kernels that training needs and the wasm backend lacks; calling it again does nothing. */
export function registerWasmKernels(): void {
  const define = (
    kernelName: string,
    kernel: (inputs: Record<string, Tensor>, attrs: Attrs) => TensorInfo,
  ) => {
    if (getKernel(kernelName, 'wasm') !== undefined) return;
    registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs }) => kernel(inputs as Record<string, Tensor>, (attrs ?? {}) as Attrs),
    });
  };
  define('Conv2DBackpropFilter', ({ x, dy }, attrs) => filterGradient(x as Tensor4D, dy as Tensor4D, attrs));
  // Upstream's give wrong values where windows overlap or are padded: gradients of 3×3 "same" pooling, all of 3-D windows like 3×1×1.
  repair(
    'MaxPool3D',
    ({ x }) => x!,
    ({ x }, window) => maxPooling(x!, window),
  );
  repair(
    'MaxPoolGrad',
    ({ input }) => input!,
    ({ dy, input }, window) => maxPoolingGradient(dy!, input!, window),
  );
  repair(
    'MaxPool3DGrad',
    ({ input }) => input!,
    ({ dy, input }, window) => maxPoolingGradient(dy!, input!, window),
  );
  define('UnsortedSegmentSum', ({ x, segmentIds }, attrs) =>
    segmentSum(x!, segmentIds as Tensor1D, attrs.numSegments as number),
  );
}

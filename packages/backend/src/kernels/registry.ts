import { SegscapeError } from '@segscape/core';
import {
  engine,
  getKernel,
  type KernelFunc,
  type NamedTensorInfoMap,
  registerKernel,
  Tensor,
  type TensorInfo,
  unregisterKernel,
  zeros,
} from '@tensorflow/tfjs-core';

export type Attrs = Readonly<Record<string, unknown>>;
export type Inputs = Readonly<Record<string, Tensor>>;
/** A kernel composed of others; `own` gives what the backend's own one gives, for these inputs or for others. */
export type Kernel = (inputs: Inputs, attrs: Attrs, own: (inputs?: Inputs) => Tensor) => Tensor;

/** What has been put around a kernel: each layer once. */
type Layer = 'repair' | 'counted axis' | 'empty';

const layersOf = new WeakMap<KernelFunc, readonly Layer[]>();

/** TensorFlow in Node makes its tensors itself; a second one of the same numbers would never be disposed of. */
const asTensor = (made: TensorInfo | TensorInfo[]) =>
  (made instanceof Tensor ? made : engine().makeTensorFromTensorInfo(made as TensorInfo)) as Tensor;

const asKernel =
  (kernel: Kernel, own?: KernelFunc): KernelFunc =>
  (params) =>
    kernel(params.inputs as Inputs, (params.attrs ?? {}) as Attrs, (inputs = params.inputs as Inputs) =>
      asTensor(own!({ ...params, inputs: inputs as NamedTensorInfoMap })),
    );

/** Whether a tensor of these has no element; some kernels are given inputs that are undefined. */
export const hasEmpty = (inputs: Inputs): boolean =>
  Object.values(inputs).some((x: Tensor | undefined) => x?.shape.includes(0));

export interface Kernels {
  /** Adds a kernel that the backend lacks. */
  define(kernelName: string, kernel: Kernel): void;
  /**
   * Puts ours in place of a kernel of the backend wherever its own is not `sound`, by default everywhere; calling it
   * again does nothing.
   */
  repair(kernelName: string, kernel: Kernel, sound?: (inputs: Inputs, attrs: Attrs) => boolean): void;
  /** Lets a kernel that knows axes counted from the front alone take them from the end, too. */
  countAxis(kernelName: string): void;
  /**
   * Gives zeros (or what `made` makes), without asking the kernel, where a tensor of its inputs or its result has no element.
   * To be called after what the kernel is repaired with; calling it again does nothing.
   */
  guardEmpty(
    kernelName: string,
    shapeOf: (inputs: Inputs, attrs: Attrs) => readonly number[],
    made?: (shape: readonly number[], inputs: Inputs) => Tensor,
  ): void;
}

/** Puts a layer around a kernel of the backend, unless it is not there or has that layer. */
function wrap(
  backendName: string,
  kernelName: string,
  layer: Layer,
  around: (own: KernelFunc) => KernelFunc,
): void {
  const own = getKernel(kernelName, backendName);
  const layers = own && (layersOf.get(own.kernelFunc) ?? []);
  if (own === undefined || layers!.includes(layer)) return;
  const kernelFunc = around(own.kernelFunc);
  layersOf.set(kernelFunc, [...layers!, layer]);
  unregisterKernel(kernelName, backendName);
  registerKernel({ ...own, kernelFunc });
}

/** The kernels of a backend, to be added to and mended. */
export const kernelsOf = (backendName: string): Kernels => ({
  define(kernelName, kernel) {
    if (getKernel(kernelName, backendName) !== undefined) return;
    registerKernel({ kernelName, backendName, kernelFunc: asKernel(kernel) });
  },
  repair(kernelName, kernel, sound = () => false) {
    wrap(backendName, kernelName, 'repair', (own) => {
      const ours = asKernel(kernel, own);
      return (params) =>
        sound(params.inputs as Inputs, (params.attrs ?? {}) as Attrs) ? own(params) : ours(params);
    });
  },
  countAxis(kernelName) {
    wrap(backendName, kernelName, 'counted axis', (own) => (params) => {
      const { axis } = params.attrs as unknown as { readonly axis: number };
      const { rank } = (params.inputs as Inputs).x!;
      // On wasm it would never end.
      if (rank === 0)
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${kernelName}: expected a tensor with an axis to go along, got a scalar. Reshape it to [1].`,
        );
      return own(axis < 0 ? { ...params, attrs: { ...params.attrs, axis: axis + rank } } : params);
    });
  },
  guardEmpty(kernelName, shapeOf, made = (shape) => zeros([...shape])) {
    wrap(backendName, kernelName, 'empty', (own) => (params) => {
      const inputs = params.inputs as Inputs;
      const shape = shapeOf(inputs, (params.attrs ?? {}) as Attrs);
      return shape.some((n) => n <= 0) || hasEmpty(inputs) ? made(shape, inputs) : own(params);
    });
  },
});

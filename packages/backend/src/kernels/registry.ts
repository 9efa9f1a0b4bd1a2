import {
  engine,
  getKernel,
  type KernelFunc,
  type NamedTensorInfoMap,
  registerKernel,
  Tensor,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';

export type Attrs = Readonly<Record<string, unknown>>;
export type Inputs = Readonly<Record<string, Tensor>>;
/** A kernel composed of others; `own` gives what the backend's own one gives, for these inputs or for others. */
export type Kernel = (inputs: Inputs, attrs: Attrs, own: (inputs?: Inputs) => Tensor) => Tensor;

const repaired = new WeakSet<KernelFunc>();

/** TensorFlow in Node makes its tensors itself; a second one of the same numbers would never be disposed of. */
const asTensor = (made: TensorInfo | TensorInfo[]) =>
  (made instanceof Tensor ? made : engine().makeTensorFromTensorInfo(made as TensorInfo)) as Tensor;

const asKernel =
  (kernel: Kernel, own?: KernelFunc): KernelFunc =>
  (params) =>
    kernel(params.inputs as Inputs, (params.attrs ?? {}) as Attrs, (inputs = params.inputs as Inputs) =>
      asTensor(own!({ ...params, inputs: inputs as NamedTensorInfoMap })),
    );

export interface Kernels {
  /** Adds a kernel that the backend lacks. */
  define(kernelName: string, kernel: Kernel): void;
  /**
   * Puts ours in place of a kernel of the backend wherever its own is not `sound`, by default everywhere; calling it
   * again does nothing.
   */
  repair(kernelName: string, kernel: Kernel, sound?: (inputs: Inputs, attrs: Attrs) => boolean): void;
}

/** The kernels of a backend, to be added to and mended. */
export const kernelsOf = (backendName: string): Kernels => ({
  define(kernelName, kernel) {
    if (getKernel(kernelName, backendName) !== undefined) return;
    registerKernel({ kernelName, backendName, kernelFunc: asKernel(kernel) });
  },
  repair(kernelName, kernel, sound = () => false) {
    const own = getKernel(kernelName, backendName);
    if (own === undefined || repaired.has(own.kernelFunc)) return;
    const ours = asKernel(kernel, own.kernelFunc);
    const kernelFunc: KernelFunc = (params) =>
      sound(params.inputs as Inputs, (params.attrs ?? {}) as Attrs) ? own.kernelFunc(params) : ours(params);
    repaired.add(kernelFunc);
    unregisterKernel(kernelName, backendName);
    registerKernel({ ...own, kernelFunc });
  },
});

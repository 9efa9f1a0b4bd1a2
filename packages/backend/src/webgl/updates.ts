import { getKernel, type KernelFunc, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { adamStepKernel, followedKernel } from '../kernels/update-names.js';

/** A program of TensorFlow.js's WebGL backend, of a texel of four values each. */
interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
  readonly packedInputs: true;
  readonly packedOutput: true;
}

interface Runner {
  runWebGLProgram(program: Program, inputs: readonly TensorInfo[], dtype: 'float32'): TensorInfo;
}

/**
 * One program in place of a handful: what a step of an optimiser costs in a page is mostly the number of programs, some ten for
 * each of a network's weights.
 *
 * @param names of the inputs, as the expression calls them; the first has the shape of the result, the others that or none.
 * @param expression of the texel, by the kernel's options.
 */
const elementwise =
  (names: readonly string[], expression: (attrs: Readonly<Record<string, unknown>>) => string): KernelFunc =>
  ({ inputs, attrs = {}, backend }) => {
    const given = names.map((name) => inputs[name] as TensorInfo);
    const reads = names.map(
      (name) => `vec4 ${name} = get${name[0]!.toUpperCase()}${name.slice(1)}AtOutCoords();`,
    );
    const program: Program = {
      variableNames: names,
      outputShape: given[0]!.shape,
      packedInputs: true,
      packedOutput: true,
      userCode: `void main() { ${reads.join(' ')} setOutput(${expression(attrs)}); }`,
    };
    return (backend as unknown as Runner).runWebGLProgram(program, given, 'float32');
  };

/** A number as GLSL writes it, to single precision's last digit. */
const written = (value: unknown) => Number(value).toExponential(9);

const kernels: Readonly<Record<string, KernelFunc>> = {
  [followedKernel]: elementwise(
    ['average', 'gradient'],
    ({ share, squared }) =>
      `average + ((${squared ? 'gradient * gradient' : 'gradient'}) - average) * ${written(share)}`,
  ),
  [adamStepKernel]: elementwise(
    ['value', 'mean', 'squares', 'stride', 'epsilon'],
    () => 'value - mean / (sqrt(squares) + epsilon) * stride',
  ),
};

/** Adds the kernels of optimisers to the WebGL backend. Calling it again does nothing. */
export function registerUpdates(): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels))
    if (getKernel(kernelName, 'webgl') === undefined)
      registerKernel({ kernelName, backendName: 'webgl', kernelFunc });
}

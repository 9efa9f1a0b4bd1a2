import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { PackedProgram, TexelRunner } from './texels.js';

/**
 * One program in place of a handful: what a step of an optimiser costs in a page is mostly the number of programs, some ten for
 * each of a network's weights.
 *
 * @param names of the inputs, as the expression calls them; the first has the shape of the result, the others that or none.
 * @param expression of the texel, by the kernel's options.
 */
export const elementwise =
  (names: readonly string[], expression: (attrs: Readonly<Record<string, unknown>>) => string): KernelFunc =>
  ({ inputs, attrs = {}, backend }) => {
    const given = names.map((name) => inputs[name] as TensorInfo);
    const reads = names.map(
      (name) => `vec4 ${name} = get${name[0]!.toUpperCase()}${name.slice(1)}AtOutCoords();`,
    );
    const program: PackedProgram = {
      variableNames: names,
      outputShape: given[0]!.shape,
      packedInputs: true,
      packedOutput: true,
      userCode: `void main() { ${reads.join(' ')} setOutput(${expression(attrs)}); }`,
    };
    return (backend as unknown as TexelRunner).runWebGLProgram(program, given, 'float32');
  };

/** A number as GLSL writes it, to single precision's last digit. */
export const written = (value: unknown) => Number(value).toExponential(9);

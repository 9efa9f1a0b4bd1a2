import { sizeOf } from '@segscape/core';
import { backend_util, type Tensor } from '@tensorflow/tfjs-core';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { broadcast, range, tensorInfo } from '../../lowering/sizes.js';

const outer = (shape: readonly number[]) => shape.slice(0, -2);

/** Rows and columns of the matrices, as they are multiplied. */
const turned = (shape: readonly number[], transposed = false) =>
  (transposed ? shape.slice(-2).reverse() : shape.slice(-2)) as [number, number];

const matMul: Rule<'BatchMatMul'> = {
  ofNothing: true,
  infer({ a, b }, attrs) {
    const [rows, inner] = turned(a.shape, attrs.transposeA);
    const [other, columns] = turned(b.shape, attrs.transposeB);
    if (inner !== other) throw new Error(`its inner sizes differ, ${inner} and ${other}`);
    return [{ shape: [...broadcast(outer(a.shape), outer(b.shape)), rows, columns], dtype: a.dtype }];
  },
  lower(to, { a, b }, attrs, [output]) {
    // Sums of no products.
    if (a.shape.includes(0)) return to.splat(output, 0);
    return to.value(
      output,
      to.emit('MatMul', [
        operand(to, a, Boolean(attrs.transposeA)),
        operand(to, b, Boolean(attrs.transposeB)),
      ]),
    );
  },
};

function operand(to: Lowering, value: LoweredTensor, transposed: boolean): string {
  const rank = value.shape.length;
  return transposed
    ? to.emit('Transpose', [to.name(value)], { perm: [...range(0, rank - 2), rank - 1, rank - 2] })
    : to.name(value);
}

const einsum: Rule<'Einsum'> = {
  ofNothing: true,
  infer(inputs, attrs) {
    const operands = Object.values(inputs);
    if (operands.some(({ dtype }) => dtype === 'bool'))
      throw new Error('of numbers alone: cast booleans first');
    const { allDims, idDims } = backend_util.decodeEinsumEquation(attrs.equation, operands.length);
    // TensorFlow.js stretches no axis here, ONNX those of length 1.
    backend_util.checkEinsumDimSizes(allDims.length, idDims, operands.map(tensorInfo) as Tensor[]);
    const [terms, result] = attrs.equation.replace(/\s/g, '').split('->') as [string, string];
    const sizes = new Map<string, number>();
    terms.split(',').forEach((term, i) => {
      for (const [axis, letter] of [...term].entries()) sizes.set(letter, operands[i]!.shape[axis]!);
    });
    return [{ shape: [...result].map((letter) => sizes.get(letter)!), dtype: operands[0]!.dtype }];
  },
  lower(to, inputs, attrs, [output]) {
    if (Object.values(inputs).some(({ shape }) => shape.includes(0))) return to.splat(output, 0);
    const names = Object.values(inputs).map((value) => to.name(value));
    return to.value(output, to.emit('Einsum', names, { equation: attrs.equation }));
  },
};

/** The elements on a diagonal between zeros, `[…shape, …shape]`. */
const diagonal: Rule<'Diag'> = {
  infer: ({ x }) => [{ shape: [...x.shape, ...x.shape], dtype: x.dtype }],
  lower(to, { x }, _attrs, [output]) {
    const size = sizeOf(x.shape);
    const onDiagonal = range(0, size * size).map((i) => Number(i % (size + 1) === 0));
    const row = to.reshape(to.name(x), x.shape, [size]);
    const eye = to.graph.constant(onDiagonal, 'bool', [size, size]);
    const numbers = x.dtype === 'bool' ? 'int32' : x.dtype;
    const square = to.emit('Where', [eye, to.cast(row, x.dtype, numbers), to.number(0, numbers)]);
    return to.value(output, to.reshape(to.cast(square, numbers, x.dtype), [size, size], output.shape));
  },
};

export const products = {
  BatchMatMul: matMul,
  Einsum: einsum,
  Diag: diagonal,
} satisfies Rules;

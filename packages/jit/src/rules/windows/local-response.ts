import type { LRNAttrs } from '@tensorflow/tfjs-core';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';

/** A sum over the channels within `depthRadius` of each: a product with a band of ones. */
function nearby(to: Lowering, name: string, channels: number, attrs: LRNAttrs): string {
  const radius = attrs.depthRadius;
  const band = range(0, channels ** 2).map((i) =>
    Number(Math.abs(Math.floor(i / channels) - (i % channels)) <= radius),
  );
  return to.emit('MatMul', [name, to.graph.constant(band, 'float32', [channels, channels])]);
}

/** bias + alpha · the squares near by, and what it divides by. */
function norms(to: Lowering, x: LoweredTensor, attrs: LRNAttrs) {
  const image = to.name(x);
  const squares = nearby(to, to.emit('Mul', [image, image]), x.shape.at(-1)!, attrs);
  const { alpha, beta, bias } = attrs;
  const norm = to.emit('Add', [to.emit('Mul', [squares, to.number(alpha)]), to.number(bias)]);
  return { image, norm, factor: to.emit('Pow', [norm, to.number(-beta)]) };
}

/** Local response normalisation over channels. Krizhevsky, Sutskever, Hinton, 2012. */
const response: Rule<'LRN'> = {
  infer: ({ x }) => [x],
  lower(to, { x }, attrs, [output]) {
    const { image, factor } = norms(to, x, attrs);
    return to.value(output, to.emit('Mul', [image, factor]));
  },
};

/** dy · norm^−beta − 2 · alpha · beta · x · (the dy · y / norm near by). */
const responseGrad: Rule<'LRNGrad'> = {
  infer: ({ x }) => [x],
  lower(to, { x, y, dy }, attrs, [output]) {
    const { image, norm, factor } = norms(to, x, attrs);
    const gradient = to.name(dy);
    const { alpha, beta } = attrs;
    const parts = to.emit('Div', [to.emit('Mul', [gradient, to.name(y)]), norm]);
    const around = to.emit('Mul', [nearby(to, parts, x.shape.at(-1)!, attrs), image]);
    const own = to.emit('Mul', [gradient, factor]);
    return to.value(output, to.emit('Sub', [own, to.emit('Mul', [around, to.number(2 * alpha * beta)])]));
  },
};

export const responses = { LRN: response, LRNGrad: responseGrad } satisfies Rules;

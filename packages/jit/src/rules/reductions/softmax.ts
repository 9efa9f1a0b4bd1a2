import { axisIn, hasLayouts, type Layout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';

/** Exponentials over the last axis, shifted by their maximum, in whichever layout the scores are. */
function exponentials(to: Lowering, logits: LoweredTensor) {
  const rank = logits.shape.length;
  const layout: Layout = hasLayouts(rank) && !logits.has('last') ? 'first' : 'last';
  const axis = axisIn(rank - 1, rank, layout);
  const scores = to.name(logits, layout);
  const shifted = to.emit('Sub', [scores, to.emit('ReduceMax', [scores], { axes: [axis], keepdims: 1 })]);
  const powers = to.emit('Exp', [shifted]);
  const sum = to.emit('ReduceSum', [powers, to.ints([axis])], { keepdims: 1 });
  return { layout, shifted, powers, sum };
}

const softmax: Rule<'Softmax'> = {
  infer: ({ logits }) => [logits],
  lower(to, { logits }, _attrs, [output]) {
    const { layout, powers, sum } = exponentials(to, logits);
    return to.value(output, to.emit('Div', [powers, sum]), layout);
  },
};

const logSoftmax: Rule<'LogSoftmax'> = {
  infer: ({ logits }) => [logits],
  lower(to, { logits }, _attrs, [output]) {
    const { layout, shifted, sum } = exponentials(to, logits);
    return to.value(output, to.emit('Sub', [shifted, to.emit('Log', [sum])]), layout);
  },
};

export const softmaxes = { Softmax: softmax, LogSoftmax: logSoftmax } satisfies Rules;

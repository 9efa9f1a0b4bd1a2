import { movingBooleans } from '../../lowering/booleans.js';
import { axisIn } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { range } from '../../lowering/sizes.js';
import type { TypedShape } from '../../program.js';
import { commonLayout } from './reshaping.js';

/** What is put before and behind, along each axis. */
type Widths = readonly (readonly [before: number, after: number])[];

const padded = ({ shape, dtype }: TypedShape, widths: Widths): TypedShape => ({
  shape: shape.map((n, axis) => n + widths[axis]![0] + widths[axis]![1]),
  dtype,
});

const changesNothing = (widths: Widths) => widths.every(([before, after]) => before === 0 && after === 0);

/** `Pad` in the layout that the tensor is in; `around`, where there is any, is what it puts there. */
function pad(
  to: Lowering,
  x: LoweredTensor,
  widths: Widths,
  output: TypedShape,
  mode: 'constant' | 'reflect',
  around?: number,
): LoweredTensor {
  const rank = x.shape.length;
  const layout = commonLayout(to, [x]);
  const order = range(0, rank).sort((a, b) => axisIn(a, rank, layout) - axisIn(b, rank, layout));
  const pads = to.ints([...order.map((axis) => widths[axis]![0]), ...order.map((axis) => widths[axis]![1])]);
  const inputs = [to.name(x, layout), pads, ...(around === undefined ? [] : [to.number(around, x.dtype)])];
  return to.value(output, to.emit('Pad', inputs, { mode }), layout);
}

const constant: Rule<'PadV2'> = {
  ofNothing: true,
  infer: ({ x }, { paddings }) => [padded(x, paddings)],
  lower(to, { x }, { paddings, constantValue }, [output]) {
    if (changesNothing(paddings)) return x;
    if (x.shape.includes(0)) return to.splat(output, constantValue);
    return pad(to, x, paddings, output, 'constant', constantValue);
  },
};

const mirrored: Rule<'MirrorPad'> = {
  ofNothing: true,
  infer: ({ x }, { paddings }) => [padded(x, paddings)],
  lower(to, { x }, { paddings, mode }, [output]) {
    if (changesNothing(paddings)) return x;
    if (x.shape.includes(0)) throw new Error('it mirrors a tensor of no elements');
    return mode === 'reflect' ? pad(to, x, paddings, output, 'reflect') : symmetric(to, x, paddings, output);
  },
};

/** ONNX has no padding that repeats the edge pixel: gather the mirrored rows, axis by axis. */
function symmetric(to: Lowering, x: LoweredTensor, widths: Widths, output: TypedShape): LoweredTensor {
  let name = to.name(x);
  widths.forEach(([before, after], axis) => {
    if (before === 0 && after === 0) return;
    const n = x.shape[axis]!;
    const indices = [...range(0, before).reverse(), ...range(0, n), ...range(0, after).map((i) => n - 1 - i)];
    name = to.emit('Gather', [name, to.ints(indices)], { axis });
  });
  return to.value(output, name);
}

export const paddings = {
  PadV2: movingBooleans(constant),
  MirrorPad: movingBooleans(mirrored),
} satisfies Rules;

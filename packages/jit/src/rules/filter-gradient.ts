import type { Window } from './geometry.js';
import { axes, inLayout, type Lowering } from './lowering.js';
import type { Value } from './value.js';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** `left · rightᵀ` per image, summed over the batch: `[N, A, K] × [N, B, K] → [A, B]`. */
function correlate(
  to: Lowering,
  left: string,
  right: string,
  batch: number,
  rows: number,
  columns: number,
): string {
  const perImage = to.emit('FusedMatMul', [left, right], { transB: 1, alpha: { float: 1 } }, 'com.microsoft');
  return batch === 1
    ? to.reshape(perImage, [], [rows, columns])
    : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
}

/**
 * Gradient of a convolution's kernel, `[…space, in, out]`.
 *
 * Stride 1 in the plane: copies of x shifted by columns times copies of dy shifted by rows give all taps in one
 * matrix product, with kw·C + kh·O rows in memory where im2col has kh·kw·C. Otherwise im2col.
 */
export function filterGradient(to: Lowering, x: Value, dy: Value, window: Window): string {
  const { kernel, strides, dilations } = window;
  if (product(kernel) === 1 && product(strides) === 1) return pointwise(to, x, dy, window);
  const shiftable = kernel.length === 2 && [...strides, ...dilations].every((n) => n === 1);
  return shiftable ? shifted(to, x, dy, window) : gathered(to, x, dy, window);
}

function pointwise(to: Lowering, x: Value, dy: Value, { output, kernel }: Window): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const area = product(output);
  const left = to.reshape(to.name(x, 'first'), [], [batch, inputs, area]);
  const right = to.reshape(to.name(dy, 'first'), [], [batch, outputs, area]);
  return to.reshape(correlate(to, left, right, batch, inputs, outputs), [], [...kernel, inputs, outputs]);
}

function shifted(to: Lowering, x: Value, dy: Value, { before, after, kernel, output }: Window): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const [kh, kw] = kernel as [number, number];
  const [oh, ow] = output as [number, number];
  const rows = oh + kh - 1;
  const padded = pad(to, to.name(x, 'first'), before, after);
  const columns = axes(0, kw).map((j) =>
    kw === 1 ? padded : to.emit('Slice', [padded, to.ints([j]), to.ints([j + ow]), to.ints([3])]),
  );
  const gradient = to.name(dy, 'first');
  const lines = axes(0, kh).map((i) => pad(to, gradient, [i, 0], [kh - 1 - i, 0]));
  const left = to.reshape(joined(to, columns), [], [batch, kw * inputs, rows * ow]);
  const right = to.reshape(joined(to, lines), [], [batch, kh * outputs, rows * ow]);
  const all = to.reshape(
    correlate(to, left, right, batch, kw * inputs, kh * outputs),
    [],
    [kw, inputs, kh, outputs],
  );
  return to.emit('Transpose', [all], { perm: [2, 0, 1, 3] });
}

function gathered(
  to: Lowering,
  x: Value,
  dy: Value,
  { before, after, kernel, output, strides, dilations }: Window,
): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const area = product(output);
  const padded = pad(to, to.name(x, 'first'), before, after);
  const space = axes(2, kernel.length + 2);
  const taps = axes(0, product(kernel)).map((tap) => {
    const at = kernel.map((k, i) => (Math.floor(tap / product(kernel.slice(i + 1))) % k) * dilations[i]!);
    const end = at.map((a, i) => a + (output[i]! - 1) * strides[i]! + 1);
    return to.emit('Slice', [padded, to.ints(at), to.ints(end), to.ints(space), to.ints(strides)]);
  });
  const left = to.reshape(joined(to, taps), [], [batch, taps.length * inputs, area]);
  const right = to.reshape(to.name(dy, 'first'), inLayout(dy.shape, 'first'), [batch, outputs, area]);
  return to.reshape(
    correlate(to, left, right, batch, taps.length * inputs, outputs),
    [],
    [...kernel, inputs, outputs],
  );
}

const joined = (to: Lowering, parts: readonly string[]) =>
  parts.length === 1 ? parts[0]! : to.emit('Concat', parts, { axis: 1 });

function pad(to: Lowering, name: string, before: readonly number[], after: readonly number[]): string {
  if ([...before, ...after].every((n) => n === 0)) return name;
  return to.emit('Pad', [name, to.ints([0, 0, ...before, 0, 0, ...after]), to.number(0)], {
    mode: 'constant',
  });
}

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
  const perImage = to.gpu
    ? to.emit('MatMul', [left, to.emit('Transpose', [right], { perm: [0, 2, 1] })])
    : to.emit('FusedMatMul', [left, right], { transB: 1, alpha: { float: 1 } }, 'com.microsoft');
  return batch === 1
    ? to.reshape(perImage, [], [rows, columns])
    : to.emit('ReduceSum', [perImage, to.ints([0])], { keepdims: 0 });
}

/** What a copy of an operand costs more than a shifted one when the other operand is read once for each tap. */
const rereading = 1.5;

/**
 * Gradient of a convolution's kernel, `[…space, in, out]`, as products of shifted copies of x and dy: dW of a tap is
 * Σ x(y + i, x + j)·dy(y, x). Copying is what costs beside the products themselves, so with stride 1 in the plane the cheapest of
 * three ways is taken: columns of x and rows of dy are shifted (kw copies of x, kh of dy), or dy alone, or x alone (kh·kw copies of
 * the narrower one). im2col has kh·kw copies of x and one more to join them; it remains for strides and volumes.
 */
export function filterGradient(to: Lowering, x: Value, dy: Value, window: Window): string {
  const { kernel, strides, dilations } = window;
  if (product(kernel) === 1 && product(strides) === 1) return pointwise(to, x, dy, window);
  const shiftable = kernel.length === 2 && [...strides, ...dilations].every((n) => n === 1);
  if (!shiftable) return gathered(to, x, dy, window);
  const [inputs, outputs] = [x.shape.at(-1)!, dy.shape.at(-1)!];
  const [kh, kw] = kernel as [number, number];
  const split = 2 * kw * inputs + kh * outputs;
  const narrow = rereading * kh * kw * Math.min(inputs, outputs);
  if (split <= narrow) return shiftedBoth(to, x, dy, window);
  return shiftedOne(to, x, dy, window, outputs <= inputs ? 'dy' : 'x');
}

function pointwise(to: Lowering, x: Value, dy: Value, { output, kernel }: Window): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const area = product(output);
  const left = to.reshape(to.name(x, 'first'), [], [batch, inputs, area]);
  const right = to.reshape(to.name(dy, 'first'), [], [batch, outputs, area]);
  return to.reshape(correlate(to, left, right, batch, inputs, outputs), [], [...kernel, inputs, outputs]);
}

/** `[N, channels, h, w]` moved by whole pixels into a frame of `size`: zeros come in, what leaves is cut off. */
function moved(
  to: Lowering,
  name: string,
  from: readonly number[],
  by: readonly number[],
  size: readonly number[],
): string {
  const after = size.map((n, axis) => n - from[axis]! - by[axis]!);
  if ([...by, ...after].every((n) => n === 0)) return name;
  if ([...by, ...after].every((n) => n <= 0)) {
    const begin = by.map((n) => -n);
    return to.emit('Slice', [
      name,
      to.ints(begin),
      to.ints(begin.map((b, axis) => b + size[axis]!)),
      to.ints([2, 3]),
    ]);
  }
  return pad(to, name, by, after);
}

/** Bytes of shifted copies that are held at a time: larger images are taken in strips of rows, up to so many. */
const stripBytes = 16e6;
const mostStrips = 8;

/** Columns of x, joined, times rows of dy, one product for each row of the kernel. */
function shiftedBoth(to: Lowering, x: Value, dy: Value, window: Window): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const [kh, kw] = window.kernel as [number, number];
  const rows = window.output[0]! + kh - 1;
  const rowBytes = 4 * batch * window.output[1]! * (kw * inputs + kh * outputs);
  const strips = Math.min(rows, mostStrips, Math.max(1, Math.round((rows * rowBytes) / stripBytes)));
  const edges = axes(0, strips + 1).map((i) => Math.round((i * rows) / strips));
  const sums = axes(0, strips).map((i) => strip(to, x, dy, window, edges[i]!, edges[i + 1]!));
  // Each as a list of one matrix for each row of the kernel.
  const lines = axes(0, kh).map((i) => sums.map((of) => of[i]!).reduce((a, b) => to.emit('Add', [a, b])));
  const shaped = lines.map((line) => to.reshape(line, [], [1, kw, inputs, outputs]));
  return kh === 1 ? shaped[0]! : to.emit('Concat', shaped, { axis: 0 });
}

/** The part of that sum over the rows from `first` up to, without, `last`. */
function strip(
  to: Lowering,
  x: Value,
  dy: Value,
  { before, input, kernel, output }: Window,
  first: number,
  last: number,
): string[] {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const [kh, kw] = kernel as [number, number];
  const size = [last - first, output[1]!];
  const columns = axes(0, kw).map((j) =>
    moved(to, to.name(x, 'first'), input, [before[0]! - first, before[1]! - j], size),
  );
  const left = to.reshape(joined(to, columns), [], [batch, kw * inputs, product(size)]);
  return axes(0, kh).map((i) => {
    const line = moved(to, to.name(dy, 'first'), output, [i - first, 0], size);
    const right = to.reshape(line, [], [batch, outputs, product(size)]);
    return correlate(to, left, right, batch, kw * inputs, outputs);
  });
}

/** One operand moved for each tap, the other as it is. */
function shiftedOne(
  to: Lowering,
  x: Value,
  dy: Value,
  { before, input, kernel, output }: Window,
  which: 'x' | 'dy',
): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const kw = kernel[1]!;
  const area = product(which === 'dy' ? input : output);
  const flat = (name: string, channels: number) => to.reshape(name, [], [batch, channels, area]);
  const [image, gradient] = [to.name(x, 'first'), to.name(dy, 'first')];
  const taps = axes(0, product(kernel)).map((tap) => {
    const at = [Math.floor(tap / kw) - before[0]!, (tap % kw) - before[1]!];
    const left =
      which === 'dy'
        ? image
        : moved(
            to,
            image,
            input,
            at.map((n) => -n),
            output,
          );
    const right = which === 'dy' ? moved(to, gradient, output, at, input) : gradient;
    const one = correlate(to, flat(left, inputs), flat(right, outputs), batch, inputs, outputs);
    return to.reshape(one, [], [1, inputs, outputs]);
  });
  return to.reshape(to.emit('Concat', taps, { axis: 0 }), [], [...kernel, inputs, outputs]);
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

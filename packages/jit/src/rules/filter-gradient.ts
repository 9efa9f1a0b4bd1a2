import { correlate, joined, pad } from './correlate.js';
import type { Window } from './geometry.js';
import { axes, inLayout, type Lowering, product } from './lowering.js';
import { isTiled, patches } from './patches.js';
import { isShiftable, shifted } from './shifted.js';
import type { Value } from './value.js';

/**
 * Gradient of a convolution's kernel, `[…space, in, out]`, as products of x and dy: dW of a tap is Σ x(y + i, x + j)·dy(y, x).
 * With stride 1 in the plane the operands are shifted against each other; im2col, which copies x once for each tap and once more to
 * join them, remains for strides and volumes.
 */
export function filterGradient(to: Lowering, x: Value, dy: Value, window: Window): string {
  const { kernel, strides } = window;
  if (product(kernel) === 1 && product(strides) === 1) return pointwise(to, x, dy, window);
  return isShiftable(window) ? shifted(to, x, dy, window) : gathered(to, x, dy, window);
}

function pointwise(to: Lowering, x: Value, dy: Value, { output, kernel }: Window): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const area = product(output);
  const left = to.reshape(to.name(x, 'first'), [], [batch, inputs, area]);
  const right = to.reshape(to.name(dy, 'first'), [], [batch, outputs, area]);
  return to.reshape(correlate(to, left, right, batch, inputs, outputs), [], [...kernel, inputs, outputs]);
}

function gathered(to: Lowering, x: Value, dy: Value, window: Window): string {
  const { kernel, output } = window;
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const [area, depth] = [product(output), product(kernel) * inputs];
  const image = to.name(x, 'first');
  const columns = isTiled(to, window) ? patches(to, image, window) : spreadTaps(to, image, window);
  const left = to.reshape(columns, [], [batch, depth, area]);
  const right = to.reshape(to.name(dy, 'first'), inLayout(dy.shape, 'first'), [batch, outputs, area]);
  return to.reshape(correlate(to, left, right, batch, depth, outputs), [], [...kernel, inputs, outputs]);
}

/** What each tap meets, joined: `[N, taps·in, …output]`. */
function spreadTaps(
  to: Lowering,
  image: string,
  { before, after, kernel, output, strides, dilations }: Window,
): string {
  const padded = pad(to, image, before, after);
  const space = axes(2, kernel.length + 2);
  const taps = axes(0, product(kernel)).map((tap) => {
    const at = kernel.map((k, i) => (Math.floor(tap / product(kernel.slice(i + 1))) % k) * dilations[i]!);
    const end = at.map((a, i) => a + (output[i]! - 1) * strides[i]! + 1);
    return to.emit('Slice', [padded, to.ints(at), to.ints(end), to.ints(space), to.ints(strides)]);
  });
  return joined(to, taps);
}

import { sizeOf } from '@segscape/core';
import { inLayout } from '../../lowering/layout.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import { range } from '../../lowering/sizes.js';
import { correlate } from './correlation.js';
import { joined, pad } from './planes.js';
import { isShiftable, pairOf } from './shifted-copies.js';
import { shiftedProducts } from './shifted-products.js';
import { isTiled, patches } from './tiling-patches.js';
import type { Window } from './window.js';

/**
 * Gradient of a convolution's filter, `[…space, in, out]`, as products of x and dy: dW of a tap is Σ x(y + i, x + j)·dy(y, x).
 * With stride 1 in the plane the operands are shifted against each other; im2col, which copies x once for each tap and once more to
 * join them, remains for strides and volumes.
 */
export function filterGradient(to: Lowering, x: LoweredTensor, dy: LoweredTensor, window: Window): string {
  const { filterSize, strides } = window;
  if (sizeOf(filterSize) === 1 && sizeOf(strides) === 1) return pointwise(to, x, dy, window);
  return isShiftable(window) ? shiftedProducts(to, pairOf(to, x, dy, window)) : gathered(to, x, dy, window);
}

function pointwise(
  to: Lowering,
  x: LoweredTensor,
  dy: LoweredTensor,
  { output, filterSize }: Window,
): string {
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const area = sizeOf(output);
  const left = to.reshape(to.name(x, 'first'), [], [batch, inputs, area]);
  const right = to.reshape(to.name(dy, 'first'), [], [batch, outputs, area]);
  return to.reshape(
    correlate(to, { left, right, batch, rows: inputs, columns: outputs }),
    [],
    [...filterSize, inputs, outputs],
  );
}

function gathered(to: Lowering, x: LoweredTensor, dy: LoweredTensor, window: Window): string {
  const { filterSize, output } = window;
  const [batch, inputs, outputs] = [x.shape[0]!, x.shape.at(-1)!, dy.shape.at(-1)!];
  const [area, depth] = [sizeOf(output), sizeOf(filterSize) * inputs];
  const image = to.name(x, 'first');
  const columns = isTiled(to, window) ? patches(to, image, window) : spreadTaps(to, image, window);
  const left = to.reshape(columns, [], [batch, depth, area]);
  const right = to.reshape(to.name(dy, 'first'), inLayout(dy.shape, 'first'), [batch, outputs, area]);
  return to.reshape(
    correlate(to, { left, right, batch, rows: depth, columns: outputs }),
    [],
    [...filterSize, inputs, outputs],
  );
}

/** What each tap meets, joined: `[N, taps·in, …output]`. */
function spreadTaps(
  to: Lowering,
  image: string,
  { before, after, filterSize, output, strides, dilations }: Window,
): string {
  const padded = pad(to, image, before, after);
  const space = range(2, filterSize.length + 2);
  const taps = range(0, sizeOf(filterSize)).map((tap) => {
    const at = filterSize.map(
      (k, i) => (Math.floor(tap / sizeOf(filterSize.slice(i + 1))) % k) * dilations[i]!,
    );
    const end = at.map((a, i) => a + (output[i]! - 1) * strides[i]! + 1);
    return to.emit('Slice', [padded, to.ints(at), to.ints(end), to.ints(space), to.ints(strides)]);
  });
  return joined(to, taps);
}

import { sizeOf } from '@segscape/core';
import type { Rule, Rules } from '../../lowering/rule.js';
import { imageShape, range } from '../../lowering/sizes.js';

interface Blocks {
  readonly block: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

const blocksOf = (block: readonly number[], around: readonly number[][]): Blocks => ({
  block,
  before: around.map(([n]) => n!),
  after: around.map(([, n]) => n!),
});

/** `[batch, …space, …rest]` to `[block · batch, …space / block, …rest]`: each place within a block is an image of its own. */
const toBatch: Rule<'SpaceToBatchND'> = {
  infer({ x }, attrs) {
    const { block, before, after } = blocksOf(attrs.blockShape, attrs.paddings);
    const [batch, ...sizes] = x.shape as [number, ...number[]];
    const cells = sizes.map((n, i) => (i < block.length ? (n + before[i]! + after[i]!) / block[i]! : n));
    return [{ shape: [batch * sizeOf(block), ...cells], dtype: x.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const { block, before, after } = blocksOf(attrs.blockShape, attrs.paddings);
    const m = block.length;
    const rest = x.shape.slice(m + 1);
    const still = rest.map(() => 0);
    const pads = to.ints([0, ...before, ...still, 0, ...after, ...still]);
    const padded = to.emit('Pad', [to.name(x), pads, to.number(0, x.dtype)], { mode: 'constant' });
    const cells = output.shape.slice(1, m + 1);
    const split = to.reshape(padded, [], [x.shape[0]!, ...cells.flatMap((n, i) => [n, block[i]!]), ...rest]);
    const places = range(0, m).map((i) => 2 + 2 * i);
    const spaces = range(0, m).map((i) => 1 + 2 * i);
    const perm = [...places, 0, ...spaces, ...range(2 * m + 1, 2 * m + 1 + rest.length)];
    return to.value(output, to.reshape(to.emit('Transpose', [split], { perm }), [], output.shape));
  },
};

/** The way back: `[block · batch, …space, …rest]` to `[batch, …space · block − crops, …rest]`. */
const fromBatch: Rule<'BatchToSpaceND'> = {
  infer({ x }, attrs) {
    const { block, before, after } = blocksOf(attrs.blockShape, attrs.crops);
    const [images, ...sizes] = x.shape as [number, ...number[]];
    const whole = sizes.map((n, i) => (i < block.length ? n * block[i]! - before[i]! - after[i]! : n));
    return [{ shape: [images / sizeOf(block), ...whole], dtype: x.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const { block, before } = blocksOf(attrs.blockShape, attrs.crops);
    const m = block.length;
    const batch = output.shape[0]!;
    const [cells, rest] = [x.shape.slice(1, m + 1), x.shape.slice(m + 1)];
    const split = to.reshape(to.name(x), [], [...block, batch, ...cells, ...rest]);
    const pairs = range(0, m).flatMap((i) => [m + 1 + i, i]);
    const perm = [m, ...pairs, ...range(2 * m + 1, 2 * m + 1 + rest.length)];
    const joined = to.reshape(
      to.emit('Transpose', [split], { perm }),
      [],
      [batch, ...cells.map((n, i) => n * block[i]!), ...rest],
    );
    const end = before.map((n, i) => n + output.shape[i + 1]!);
    const cut = to.emit('Slice', [joined, to.ints(before), to.ints(end), to.ints(range(1, m + 1))]);
    return to.value(output, cut);
  },
};

/** Channels as the pixels of a block, `[n, h, w, c]` to `[n, h · block, w · block, c / block²]`. */
const toSpace: Rule<'DepthToSpace'> = {
  infer({ x }, attrs) {
    const [batch, h, w, channels] = imageShape(x);
    const block = attrs.blockSize;
    return [{ shape: [batch, h * block, w * block, channels / block ** 2], dtype: x.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const attributes = { blocksize: attrs.blockSize, mode: 'DCR' };
    return to.value(output, to.emit('DepthToSpace', [to.name(x, 'first')], attributes), 'first');
  },
};

export const blocks = {
  SpaceToBatchND: toBatch,
  BatchToSpaceND: fromBatch,
  DepthToSpace: toSpace,
} satisfies Rules;

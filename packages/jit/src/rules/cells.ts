import { axes, product } from './lowering.js';
import type { Attrs, Rule, Rules } from './rule.js';

interface Blocks {
  readonly block: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

function blocksOf(attrs: Attrs): Blocks {
  const around = (attrs.paddings ?? attrs.crops) as readonly (readonly [number, number])[];
  return {
    block: attrs.blockShape as number[],
    before: around.map(([n]) => n),
    after: around.map(([, n]) => n),
  };
}

/** `[batch, …space, …rest]` to `[block · batch, …space / block, …rest]`: each place within a block is an image of its own. */
const toBatch: Rule = {
  infer({ x }, attrs) {
    const { block, before, after } = blocksOf(attrs);
    const [batch, ...sizes] = x!.shape as [number, ...number[]];
    const cells = sizes.map((n, i) => (i < block.length ? (n + before[i]! + after[i]!) / block[i]! : n));
    return [{ shape: [batch * product(block), ...cells], dtype: x!.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const { block, before, after } = blocksOf(attrs);
    const m = block.length;
    const rest = x!.shape.slice(m + 1);
    const still = rest.map(() => 0);
    const pads = to.ints([0, ...before, ...still, 0, ...after, ...still]);
    const padded = to.emit('Pad', [to.name(x!), pads, to.number(0, x!.dtype)], { mode: 'constant' });
    const cells = output!.shape.slice(1, m + 1);
    const split = to.reshape(padded, [], [x!.shape[0]!, ...cells.flatMap((n, i) => [n, block[i]!]), ...rest]);
    const places = axes(0, m).map((i) => 2 + 2 * i);
    const spaces = axes(0, m).map((i) => 1 + 2 * i);
    const perm = [...places, 0, ...spaces, ...axes(2 * m + 1, 2 * m + 1 + rest.length)];
    return to.value(output!, to.reshape(to.emit('Transpose', [split], { perm }), [], output!.shape));
  },
};

/** The way back: `[block · batch, …space, …rest]` to `[batch, …space · block − crops, …rest]`. */
const fromBatch: Rule = {
  infer({ x }, attrs) {
    const { block, before, after } = blocksOf(attrs);
    const [images, ...sizes] = x!.shape as [number, ...number[]];
    const whole = sizes.map((n, i) => (i < block.length ? n * block[i]! - before[i]! - after[i]! : n));
    return [{ shape: [images / product(block), ...whole], dtype: x!.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const { block, before } = blocksOf(attrs);
    const m = block.length;
    const batch = output!.shape[0]!;
    const [cells, rest] = [x!.shape.slice(1, m + 1), x!.shape.slice(m + 1)];
    const split = to.reshape(to.name(x!), [], [...block, batch, ...cells, ...rest]);
    const pairs = axes(0, m).flatMap((i) => [m + 1 + i, i]);
    const perm = [m, ...pairs, ...axes(2 * m + 1, 2 * m + 1 + rest.length)];
    const joined = to.reshape(
      to.emit('Transpose', [split], { perm }),
      [],
      [batch, ...cells.map((n, i) => n * block[i]!), ...rest],
    );
    const end = before.map((n, i) => n + output!.shape[i + 1]!);
    const cut = to.emit('Slice', [joined, to.ints(before), to.ints(end), to.ints(axes(1, m + 1))]);
    return to.value(output!, cut);
  },
};

/** Channels as the pixels of a block, `[n, h, w, c]` to `[n, h · block, w · block, c / block²]`. */
const toSpace: Rule = {
  infer({ x }, attrs) {
    const [batch, h, w, channels] = x!.shape as [number, number, number, number];
    const block = attrs.blockSize as number;
    return [{ shape: [batch, h * block, w * block, channels / block ** 2], dtype: x!.dtype }];
  },
  lower(to, { x }, attrs, [output]) {
    const attributes = { blocksize: attrs.blockSize as number, mode: 'DCR' };
    return to.value(output!, to.emit('DepthToSpace', [to.name(x!, 'first')], attributes), 'first');
  },
};

export const cells: Rules = { SpaceToBatchND: toBatch, BatchToSpaceND: fromBatch, DepthToSpace: toSpace };

import type { Block, Features } from './block.js';
import { pooling } from './convolution.js';
import type { Layer } from './layer.js';

/** One level of the contracting path: what it makes of the level before (the first: of the images), and what it is named. */
export interface EncoderLevel extends Block {
  /** Channels of its maps. */
  readonly channels: number;
  /** How many times smaller it makes each spatial axis; of the first level all 1. */
  readonly stride: readonly number[];
  /** Length of its maps along one axis, from the length of what comes in. Default `floor(length / stride)`. */
  readonly length?: (input: number, axis: number) => number;
}

/** The contracting path of a U-Net, the finest level first: what `encoderDecoder` takes and anyone may write. */
export type Encoder = readonly EncoderLevel[];

const one = { 2: [1, 1], 3: [1, 1, 1] } as const;
const two = { 2: [2, 2], 3: [2, 2, 2] } as const;

/**
 * A block as a level of its own: at the images' size, or behind 2×2 (2×2×2) maximum pooling; `drop` follows the block.
 * @param block what comes after the pooling.
 * @param options its channels, and whether it pools.
 * @returns a level of an encoder.
 */
export function pooledLevel(
  block: Block,
  { spatial, channels, pooled, drop, cut = 0 }: PooledLevelOptions,
): EncoderLevel {
  const stride = pooled ? two[spatial] : one[spatial];
  return {
    ...block,
    channels,
    stride,
    length: (input, axis) => Math.floor(input / stride[axis]!) - cut,
    *through(x, pass): Features {
      const y = yield* block.through(pooled ? pooling.apply(x, pass) : x, pass);
      return drop === undefined ? y : drop.apply(y, pass);
    },
  };
}

export interface PooledLevelOptions {
  readonly spatial: 2 | 3;
  readonly channels: number;
  /** Whether maximum pooling comes before the block. */
  readonly pooled: boolean;
  /** What follows the block, dropout for instance. */
  readonly drop?: Layer;
  /** Pixels that the block's convolutions cut off an axis: 4 for two 3×3 of `'valid'` padding. Default 0. */
  readonly cut?: number;
}

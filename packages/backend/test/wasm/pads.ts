import type { backend_util } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

export type Pad = 'same' | 'valid' | backend_util.ExplicitPadding;

const ends = fc.integer({ min: 0, max: 2 });
const border = fc.tuple(ends, ends);
/** Every way to say a border. */
export const pads = fc.oneof(
  fc.constantFrom<Pad>('same', 'valid'),
  fc.tuple(border, border).map(([rows, columns]): Pad => [[0, 0], rows, columns, [0, 0]]),
);

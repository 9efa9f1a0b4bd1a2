import type { Raster } from '@segscape/core';
import { blobDice, boundary, type LossFn, skeletonRecall } from '@segscape/losses';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

const rows = [
  [0, 0, 0, 0, 0],
  [0, 1, 1, 1, 0],
  [0, 1, 1, 1, 0],
  [0, 0, 0, 0, 0],
];
const mask: Raster = { data: Uint8Array.from(rows.flat()), height: 4, width: 5, channels: 1 };
const labels = tensor([rows], [1, 4, 5], 'int32');

/** What `prepare` makes of the mask, as tensors. */
const prepared = (loss: LossFn): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(loss.prepare!(mask)).map(([name, { data, channels }]) => [
      name,
      tensor(Float32Array.from(data), [1, 4, 5, channels]),
    ]),
  );

describe.each([
  ['boundary', boundary],
  ['blobDice', blobDice],
  ['skeletonRecall', skeletonRecall],
] as readonly [string, (options?: { readonly classes: readonly number[] }) => LossFn][])(
  '%s of one logit',
  (name, make) => {
    const logits = randomLogits([1, 4, 5, 1], 3);
    const value = make()(labels, logits);

    test.each([
      ['without classes', make()],
      ['with classes: [1]', make({ classes: [1] })],
    ])('%s is of the object, prepared and on the spot', (_, loss) => {
      expect(loss(labels, logits)).toBeAllclose(value);
      expect(loss({ labels, ...prepared(loss) }, logits)).toBeAllclose(value);
    });

    test('classes: [0] is the logit on the spot, and no map of the background stands in for it', () => {
      const loss = make({ classes: [0] });
      expect(loss(labels, logits)).toBeAllclose(value);
      expect(() => loss({ labels, ...prepared(loss) }, logits)).toThrow(
        `${name}: classes (=[0]) must be [1] or left out for one logit, which is of label 1: prepare takes class 0 for label 0.`,
      );
    });

    test('classes that are not there are refused', () => {
      expect(() => make({ classes: [2] })(labels, logits)).toThrow(
        `${name}: classes (=[2]) must name classes of the 1 there are.`,
      );
    });
  },
);

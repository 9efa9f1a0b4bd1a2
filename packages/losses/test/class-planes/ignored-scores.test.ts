import type { LossConfig } from '@segscape/losses';
import * as losses from '@segscape/losses';
import { grad, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLogits } from '../every-loss.js';

/** All that take labels and scores, with the forms whose distances are of the prediction. */
const configs: readonly LossConfig[] = [
  ...Object.keys(losses.lossSchemas)
    .filter((kind) => kind !== 'weightedSum' && kind !== 'pixelWeighted')
    .map((kind) => ({ kind }) as LossConfig),
  { kind: 'hausdorff', form: 'kervadec' },
  { kind: 'focal', activation: 'sigmoid' },
  { kind: 'lovasz', activation: 'hinge' },
];

const shape = [2, 3, 4];
const ignored = [1, 6, 7, 12, 23];
const asIndices = tensor(
  Array.from({ length: 24 }, (_, i) => (ignored.includes(i) ? 255 : (i * 7) % 3)),
  shape,
  'int32',
);
const asPlanes = tensor(
  Array.from({ length: 72 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return ignored.includes(pixel) ? 255 : Number((pixel * 7) % 3 === i % 3);
  }),
  [...shape, 3],
);

describe.each([
  ['indices', asIndices],
  ['planes', asPlanes],
] as const)('whatever a network says of ignored pixels, nothing changes: labels as %s', (_, labels) => {
  test.each(configs)('%j', (config) => {
    const loss = losses.lossFromConfig({ ...config, ignoreIndex: 255 });
    const scores = randomLogits([...shape, 3], 4).dataSync();
    const outcome = (said: number | undefined) => {
      const logits = tensor(
        scores.map((z, i) =>
          said !== undefined && ignored.includes(Math.floor(i / 3)) && i % 3 > 0 ? said : z,
        ),
        [...shape, 3],
      );
      return {
        value: loss(labels, logits).dataSync()[0]!,
        slope: grad((x: Tensor) => sum(loss(labels, x)))(logits).dataSync(),
      };
    };
    const plain = outcome(undefined);
    expect(Number.isFinite(plain.value)).toBe(true);
    for (const said of [20, -20, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      const { value, slope } = outcome(said);
      expect(value, `${said}`).toBe(plain.value);
      expect(slope, `${said}`).toEqual(plain.slope);
    }
  });
});

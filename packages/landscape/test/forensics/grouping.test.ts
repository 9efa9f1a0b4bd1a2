import {
  expandDims,
  mean,
  mul,
  oneHot,
  type Scalar,
  slice,
  square,
  squeeze,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { byClass, byMistake, gradientShares } from '../../src/index.js';

interface Images {
  readonly images: Tensor;
  /** int32 `[n, h, w]`. */
  readonly labels: Tensor;
}

// One image as high as wide: there the shapes below would be spread over one another without an error.
const batch: Images = {
  images: tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
  labels: tensor([0, 0, 1, 0, 1, 1, 0, 0, 0], [1, 3, 3], 'int32'),
};
const problem = {
  params: { w: tensor([0.1, -0.2]) },
  batches: [batch],
  logits: (params: Record<string, Tensor>, { images }: Images) => mul(images, params.w!),
  losses: { brier: (z: Tensor) => mean(square(z)) as Scalar },
  jit: { executor: 'eager' as const },
};

describe('groups', () => {
  test.each([
    ['with a channel behind', (labels: Tensor) => expandDims(labels, -1), '1,3,3,1'],
    ['one-hot', (labels: Tensor) => oneHot(labels, 2), '1,3,3,2'],
    ['of one row', (labels: Tensor) => slice(labels, [0, 0, 0], [1, 1, 3]), '1,1,3'],
    ['without the axis of samples', (labels: Tensor) => squeeze(labels, [0]), '3,3'],
  ])('%s are refused: they would be spread over pixels that they are not of', async (_, shaped, shape) => {
    const odd = byClass(['background', 'disc'], ({ labels }: Images) => shaped(labels));
    for (const of of ['logits', 'weights'] as const)
      await expect(gradientShares(problem, { groupings: { odd }, of })).rejects.toMatchObject({
        code: 'SHAPE_MISMATCH',
        message: `gradientShares: grouping 'odd' gives groups shaped [${shape}]; expected one for each pixel, [1,3,3], as the scores [1,3,3,2] have.`,
      });
  });

  test('that are none, and a threshold that is no probability, are refused', async () => {
    const labels = (data: Images) => data.labels;
    await expect(gradientShares(problem, { groupings: { none: byClass([], labels) } })).rejects.toThrow(
      "gradientShares: groupings (=['none']) must be a record of groupings, each of at least one group.",
    );
    for (const threshold of [-0.1, 1.1, Number.NaN])
      expect(() => byMistake(labels, threshold)).toThrow(
        `byMistake: threshold (=${threshold}) must be in [0, 1].`,
      );
  });
});

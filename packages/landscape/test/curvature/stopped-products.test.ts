import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, mean, mul, type Scalar, square, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { curvatureProduct } from '../../src/index.js';

test.each(['hessian', 'gaussNewton', 'fisher'] as const)(
  'a product of %s stops before the next batch',
  async (matrix) => {
    const params = { w: tensor([1, 2]) };
    const batches = [1, 2, 3].map((x) => ({ x: tensor([x, x], [1, 2]) }));
    const stop = new AbortController();
    const seen = new Set<object>();
    const problem = {
      logits: (p: Params, batch: { readonly x: Tensor }) => {
        seen.add(batch.x.dataId);
        if (seen.size === 2) stop.abort();
        return mul(batch.x, p.w!);
      },
      lossOfLogits: (z: Tensor) => mean(square(z)) as Scalar,
      params,
      batches,
      signal: stop.signal,
      jit: { executor: 'eager' } as const,
    };
    await expectTensors(0, () =>
      expect(curvatureProduct(problem, params, { matrix })).rejects.toMatchObject({ code: 'ABORTED' }),
    );
    expect(seen.size).toBe(2);
    dispose([params, batches] as unknown as Tensor[]);
  },
);

import type { Optimizer, Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { add, mean, mul, type Scalar, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  bezier,
  byClass,
  curvature,
  gradientCosines,
  gradientDirection,
  gradientShares,
  hessianMatrix,
  inline,
  line,
  noiseFloor,
  sharpness,
  topEigenpairs,
} from '../../src/index.js';

const jit = { executor: 'eager' } as const;
const params = { w: tensor([1, 2]) };
const batches = [{ x: tensor([1, 2], [1, 2]), labels: tensor([0], [1], 'int32') }];
type Data = (typeof batches)[number];
const several = (p: Params) => square(p.w!) as unknown as Scalar;
const objective = (p: Params) => ({ ce: several(p) });
const problem = { loss: several, params, batches, jit };
const grid = { objective, params, batches, jit };
const logits = (p: Params, { x }: Data) => mul(x, p.w!);
const lossOfLogits = (z: Tensor) => square(z) as unknown as Scalar;
const forensics = { params, batches, logits, losses: { ce: lossOfLogits }, jit };
const still: Optimizer = { init: () => ({}), update: (p) => ({ params: p, state: {} }) };

/** Runs a call to its end. */
async function run(call: () => unknown): Promise<void> {
  const result = await call();
  if (result && typeof result === 'object' && Symbol.asyncIterator in result)
    for await (const event of result as AsyncIterable<unknown>) void event;
}

test.each([
  ['line', () => line({ ...grid, direction: params, x: [0, 1, 2] })],
  ['noiseFloor', () => noiseFloor(grid)],
  ['curvature', () => curvature(grid)],
  ['gradientDirection', () => gradientDirection(problem)],
  ['hessianMatrix', () => hessianMatrix(problem)],
  ['sharpness', () => sharpness(problem)],
  [
    'topEigenpairs',
    () => topEigenpairs({ logits, lossOfLogits, params, batches, jit }, { matrix: 'gaussNewton' }),
  ],
  ['bezier', () => bezier({ from: params, to: params, loss: several, batches, optimizer: still, jit })],
  ['gradientCosines', () => gradientCosines(forensics)],
  [
    'gradientShares',
    () => gradientShares(forensics, { groupings: { class: byClass(['a'], ({ labels }: Data) => labels) } }),
  ],
])('%s refuses a loss of several numbers, whose first would pass for it', async (_, call) => {
  await expectTensors(0, () =>
    expect(run(call)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringMatching(
        /^\w+: .* must be a tensor of one number, got a tensor \[\d[\d,]*\]\. Take its mean\.$/,
      ),
    }),
  );
});

test('an objective that gives no losses by name is refused', async () => {
  for (const [strange, got] of [
    [(p: Params) => sum(p.w!), 'a tensor []'],
    [async () => ({ ce: mean(add(1, 2)) }), '[object Promise]'],
    [() => undefined, 'undefined'],
    [() => ({}), '[object Object]'],
  ] as const)
    await expect(
      run(() => line({ ...grid, objective: strange as never, direction: params, x: [0, 1, 2] })),
    ).rejects.toThrow(`inline: the objective must give a record of losses by name, { dice: … }, got ${got}.`);
});

test('a loss of one number is taken in any shape', async () => {
  const runner = inline(jit);
  for await (const event of line({
    ...grid,
    jit: undefined as never,
    runner,
    objective: (p: Params) => ({ ce: sum(square(p.w!), 0, true) as unknown as Scalar }),
    direction: params,
    x: [0, 1, 2],
  }))
    if (event.type === 'done') expect([...event.result.values.ce!]).toEqual([5, 20]);
  await runner.dispose();
});

import { type Params, random } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type GridOptions, type GridRunner, type Surface, surface } from '../../src/index.js';

const normals = (seed: number, shape: number[]) => {
  const rng = random(seed);
  return tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
    shape,
  );
};

/** A small network over two batches of images, whose objective the workers' registry knows as `net`. */
export const problem = () => {
  const params: Params = { kernel: normals(1, [3, 3, 2, 1]), steps: tensor(3, [], 'int32') };
  const directions = [{ kernel: normals(2, [3, 3, 2, 1]) }, { kernel: normals(3, [3, 3, 2, 1]) }] as const;
  const batches = [5, 6].map((seed) => ({
    images: normals(seed, [2, 6, 5, 2]),
    masks: normals(seed + 9, [2, 6, 5, 1]),
  }));
  return { params, directions, batches, all: [params, directions, batches] as unknown as Tensor[] };
};

/** A surface of 7 × 5 points by a runner. */
export async function surfaceBy(
  given: ReturnType<typeof problem>,
  runner: GridRunner,
  objective: GridOptions<object>['objective'],
  more: { readonly signal?: AbortSignal; readonly x?: number } = {},
): Promise<{ result: Surface; order: number[]; stopped: boolean }> {
  const { params, directions, batches } = given;
  const order: number[] = [];
  const { x = 7, ...rest } = more;
  const options = { objective, params, directions, batches, runner, ...rest };
  for await (const event of surface({ ...options, x: [-1, 1, x], y: [-1, 1, 5] }))
    if (event.type === 'done') return { result: event.result, order, stopped: event.stopped };
    else if (event.type === 'point') order.push(event.index);
  throw new Error('no done event');
}

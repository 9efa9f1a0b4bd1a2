import { inline, interpolate, line, surface } from '@segscape/landscape';
import { type HostCase, many, type Outcome } from '../case.js';
import { inputs, objective, setting } from './problem.js';

type Values = Readonly<Record<string, Float32Array>>;

async function valuesOf(
  events: AsyncGenerator<
    { type: 'point' | 'progress' } | { type: 'done'; result: { readonly values: Values } }
  >,
): Promise<Record<string, Outcome>> {
  for await (const event of events)
    if (event.type === 'done')
      return Object.fromEntries(
        Object.entries(event.result.values).map(([name, values]) => [name, many(values)]),
      );
  throw new Error('the grid gave no result');
}

type Setting = ReturnType<typeof setting>;

/** A grid of points, each computed by the executor in this process. */
const grid = (
  name: string,
  points: (given: Setting, executor: ReturnType<typeof inline>) => Parameters<typeof valuesOf>[0],
): HostCase => ({
  name: `landscape/${name}`,
  inputs,
  async measure(given, { jit }) {
    const executor = inline(jit);
    try {
      return await valuesOf(points(setting(given), executor));
    } finally {
      await executor.dispose();
    }
  },
});

/** Surfaces, lines and paths. */
export const gridCases = [
  grid('surface 3×3, three losses', (given, executor) =>
    surface({ objective, ...given, x: [-1, 1, 3], y: [-1, 1, 3], executor }),
  ),
  grid('line of 5 points', ({ params, directions, batches }, executor) =>
    line({ objective, params, batches, direction: directions[0], x: [-1, 1, 5], executor }),
  ),
  grid('interpolate, 3 points', ({ params, directions, batches }, executor) =>
    interpolate({ objective, from: params, to: directions[1], batches, x: [0, 1, 3], executor }),
  ),
];

import { inline, interpolate, line, surface } from '@segscape/landscape';
import { type HostCase, many, type Outcome } from '../case.js';
import { inputs, objective, setting } from './problem.js';

type Values = Readonly<Record<string, Float32Array>>;

async function valuesOf(
  events: AsyncGenerator<{ type: 'point' } | { type: 'done'; result: { readonly values: Values } }>,
): Promise<Record<string, Outcome>> {
  for await (const event of events)
    if (event.type === 'done')
      return Object.fromEntries(
        Object.entries(event.result.values).map(([name, values]) => [name, many(values)]),
      );
  throw new Error('the grid gave no result');
}

const surfaceCase: HostCase = {
  name: 'landscape/surface 3×3, three losses',
  inputs,
  async measure(given, { jit }) {
    const executor = inline(jit);
    try {
      return await valuesOf(
        surface({ objective, ...setting(given), x: [-1, 1, 3], y: [-1, 1, 3], executor }),
      );
    } finally {
      await executor.dispose();
    }
  },
};

const lineCase: HostCase = {
  name: 'landscape/line of 5 points',
  inputs,
  async measure(given, { jit }) {
    const executor = inline(jit);
    const { params, directions, batches } = setting(given);
    try {
      return await valuesOf(
        line({ objective, params, batches, direction: directions[0], x: [-1, 1, 5], executor }),
      );
    } finally {
      await executor.dispose();
    }
  },
};

const interpolateCase: HostCase = {
  name: 'landscape/interpolate, 3 points',
  inputs,
  async measure(given, { jit }) {
    const executor = inline(jit);
    const { params, directions, batches } = setting(given);
    try {
      return await valuesOf(
        interpolate({ objective, from: params, to: directions[1], batches, x: [0, 1, 3], executor }),
      );
    } finally {
      await executor.dispose();
    }
  },
};

/** Surfaces, lines and paths. */
export const gridCases = [surfaceCase, lineCase, interpolateCase];

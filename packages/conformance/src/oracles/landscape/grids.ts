import { inline, interpolate, line, surface } from '@segscape/landscape';
import type { Adapter } from '../adapter.js';
import { objective } from './network.js';
import { withDirections, withSetting } from './setting.js';

/** The result of a generator whose last event is `done`. */
async function resultOf<R>(
  events: AsyncGenerator<{ type: 'point' | 'progress' } | { type: 'done'; result: R }>,
): Promise<R> {
  for await (const event of events) if (event.type === 'done') return event.result;
  throw new Error('no done event');
}

const places = (values: unknown) => Float64Array.from(values as number[]);

export const surface2D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.dx!, oracle.inputs.dy!], async ([dx, dy]) => {
      const [x, y] = [places(oracle.params.alphas), places(oracle.params.betas)];
      const executor = inline(jit);
      const { values } = await resultOf(
        surface({ objective, params, directions: [dx!, dy!], x, y, batches: [batch], executor }),
      );
      await executor.dispose();
      // Ours is [y, x]; the oracle's [alpha][beta] is its transpose.
      return { value: Array.from(x, (_, i) => Array.from(y, (__, j) => values.loss![j * x.length + i]!)) };
    }),
  );

export const surface1D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.dx!], async ([direction]) => {
      const executor = inline(jit);
      const x = places(oracle.params.alphas);
      const { values } = await resultOf(
        line({ objective, params, direction: direction!, x, batches: [batch], executor }),
      );
      await executor.dispose();
      return { value: [...values.loss!] };
    }),
  );

export const interpolate1D: Adapter = (oracle, context) =>
  withSetting(oracle, context, ({ params, batch, jit }) =>
    withDirections([oracle.inputs.weights2!], async ([to]) => {
      const executor = inline(jit);
      const x = places(oracle.params.ts);
      const { values } = await resultOf(
        interpolate({ objective, from: params, to: to!, x, batches: [batch], executor }),
      );
      await executor.dispose();
      return { value: [...values.loss!] };
    }),
  );

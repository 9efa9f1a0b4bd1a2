import { assertKnown, optionNames, type Params, SegscapeError } from '@segscape/core';
import { dispose, sub, tidy } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { weightOf } from '../directions/weight-of.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { ended } from '../grids/events.js';
import { evaluateGrid, type GridEvent, type GridOptions, gridOptions, recorded } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';

/** Losses along one direction: `values[name][i]` is the loss at `params + x[i]·direction`. */
export interface Line {
  readonly x: Float64Array;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Extreme eigenvalues of the Hessian at each place, laid out as a loss; only where `eigenvalueMap` was asked. */
  readonly eigenvalues?: { readonly min: Float32Array; readonly max: Float32Array };
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface LineOptions<B extends Batch> extends GridOptions<B> {
  readonly direction: Params;
  readonly x: Axis;
}

const lineOptions = [
  ...gridOptions,
  ...optionNames<Omit<LineOptions<Batch>, keyof GridOptions<Batch>>>({ direction: true, x: true }),
];

/** What `line` of the main entry loads. */
export async function* line<B extends Batch>(options: LineOptions<B>): AsyncGenerator<GridEvent<Line>> {
  assertKnown('line', options, lineOptions);
  const x = axisPlaces('line: x', options.x);
  const points = Array.from(x, (offset, index) => ({ index, offsets: [offset] }));
  const { values } = yield* evaluateGrid('line', options, [options.direction], points);
  yield ended({ x, values, attributes: recorded(options) }, options.signal);
}

export interface InterpolateOptions<B extends Batch> extends Omit<GridOptions<B>, 'params'> {
  /** Weights at x = 0: those before training, say. */
  readonly from: Params;
  /** Weights at x = 1, of the same names and shapes: those after it, or another loss's. */
  readonly to: Params;
  /** Default 25 places from −0.5 to 1.5. */
  readonly x?: Axis;
}

const interpolateOptions = [
  ...gridOptions.filter((name) => name !== 'params'),
  ...optionNames<Omit<InterpolateOptions<Batch>, keyof GridOptions<Batch>>>({
    from: true,
    to: true,
    x: true,
  }),
];

/** What `interpolate` of the main entry loads. */
export async function* interpolate<B extends Batch>(
  options: InterpolateOptions<B>,
): AsyncGenerator<GridEvent<Line>> {
  assertKnown('interpolate', options, interpolateOptions);
  const { from, to, x = [-0.5, 1.5, 25], ...rest } = options;
  assertWeights('interpolate', 'from', from);
  assertWeights('interpolate', 'to', to);
  const direction = difference(from, to);
  try {
    yield* line({ ...rest, params: from, direction, x });
  } finally {
    dispose(direction);
  }
}

function difference(from: Params, to: Params): Params {
  return tidy(() => {
    const direction: Params = {};
    for (const [name, start] of Object.entries(from)) {
      const end = weightOf(to, name);
      if (end?.shape.join() !== start.shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `interpolate: '${name}' is [${start.shape}] in from, ${end === undefined ? 'missing' : `[${end.shape}]`} in to.`,
        );
      if (start.dtype === 'float32') direction[name] = sub(end, start);
    }
    return direction;
  });
}

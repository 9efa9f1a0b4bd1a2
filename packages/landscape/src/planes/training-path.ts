import { assertOption, type Params, SegscapeError } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import {
  difference,
  dot,
  flatWeights,
  toWeights,
  type WeightLayout,
  weightLayout,
} from '../directions/flat-weights.js';
import { type EvaluationEvent, evaluateGrid, type GridOptions } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import { type Surface, surface } from '../grids/surface.js';
import { combined, principalComponents } from './principal.js';

/** The way of a training in the plane where it moved most, with the losses on it and on its shadow. */
export interface TrainingPath {
  /** Unit vectors; the second is zeros where the path is straight. The caller disposes them. */
  readonly directions: readonly [Params, Params];
  readonly names: readonly string[];
  readonly epochs: readonly number[];
  /** Coordinates of each checkpoint; the last is the origin. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Distance of each checkpoint from the plane, in the units of the weights. */
  readonly residuals: readonly number[];
  readonly explainedVariance: readonly number[];
  /** Losses over the plane, around the whole path. */
  readonly surface: Surface;
  /** Each loss at the checkpoints, and at the places of the plane below them; far apart where the plane misses the path. */
  readonly losses: Readonly<
    Record<string, { readonly actual: Float32Array; readonly projected: Float32Array }>
  >;
}

export interface PathOptions {
  /** Which parameters are measured (`model.isTrainable`); the others move along. Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Room around the path, as a share of its extent. Default 0.2. */
  readonly margin?: number;
}

interface Stop {
  readonly name: string;
  readonly epoch: number;
  readonly params: Params;
  readonly losses: Readonly<Record<string, Float32Array>>;
}

interface Kept extends Omit<Stop, 'params'> {
  readonly measured: Float32Array;
  readonly carried: Float32Array;
}

export interface PathKeeper {
  /** Remembers weights in host memory. */
  add(stop: Stop): Promise<void>;
  /** The path over the plane through `params`, the last weights, `[height, width]` places; undefined with fewer than 3, and when stopped. */
  draw<B extends Batch>(
    options: GridOptions<B>,
    width: number,
    height: number,
  ): AsyncGenerator<EvaluationEvent, TrainingPath | undefined>;
}

/** Places from the path's lowest to its highest coordinate and some more. */
function around(coordinates: readonly number[], count: number, margin: number): Float64Array {
  const [low, high] = [Math.min(...coordinates), Math.max(...coordinates)];
  const room = margin * (high - low) || 1e-3;
  return Float64Array.from(
    { length: count },
    (_, i) => low - room + ((high - low + 2 * room) * i) / Math.max(count - 1, 1),
  );
}

export function pathKeeper(
  where: string,
  { isTrainable = () => true, margin = 0.2 }: PathOptions,
): PathKeeper {
  assertOption(margin >= 0 && Number.isFinite(margin), where, 'margin', margin, 'be at least 0');
  const stops: Kept[] = [];
  let layouts: { measured: WeightLayout; carried: WeightLayout } | undefined;
  return {
    async add({ params, ...stop }) {
      layouts ??= {
        measured: weightLayout(params, isTrainable),
        carried: weightLayout(params, (name) => !isTrainable(name)),
      };
      const mismatch = (name: string, shape: readonly number[], got?: readonly number[]) =>
        new SegscapeError(
          'SHAPE_MISMATCH',
          `${where}: '${name}' is [${shape}] in the first checkpoint, ${got ? `[${got}]` : 'missing'} in '${stop.name}'.`,
        );
      stops.push({
        ...stop,
        measured: await flatWeights(params, layouts.measured, mismatch),
        carried: await flatWeights(params, layouts.carried, mismatch),
      });
    },
    async *draw(options, width, height) {
      if (stops.length < 3 || layouts === undefined) return undefined;
      const { measured, carried } = layouts;
      const last = stops.at(-1)!;
      const rows = stops.map((stop) => difference(stop.measured, last.measured));
      const others = stops.map((stop) => difference(stop.carried, last.carried));
      const { values, coefficients, total } = principalComponents(rows, 2);
      const units = coefficients.map((c) => combined(rows, c));
      const points = rows.map((row) => [dot(row, units[0]!), dot(row, units[1]!)] as const);
      const residuals = rows.map((row, k) => {
        const [x, y] = points[k]!;
        return Math.sqrt(
          row.reduce((sum, d, i) => sum + (d - x * units[0]![i]! - y * units[1]![i]!) ** 2, 0),
        );
      });
      const direction = (k: number): Params => ({
        ...toWeights(units[k]!, measured),
        ...toWeights(combined(others, coefficients[k]!), carried),
      });
      const directions = [direction(0), direction(1)] as const;
      try {
        const x = around(
          points.map(([at]) => at),
          width,
          margin,
        );
        const y = around(
          points.map(([, at]) => at),
          height,
          margin,
        );
        let drawn: Surface | undefined;
        for await (const event of surface({ ...options, directions, x, y }))
          if (event.type === 'point' || event.type === 'progress') yield event;
          else if (event.type === 'done') drawn = event.result;
        const { store: _, ...unkept } = options;
        const { values: below, stopped } = yield* evaluateGrid(
          where,
          unkept,
          directions,
          points.map((offsets, index) => ({ index, offsets })),
        );
        if (stopped) {
          dispose(directions as unknown as Tensor[]);
          return undefined;
        }
        const losses = Object.fromEntries(
          Object.entries(below).map(([name, projected]) => {
            const actual = Float32Array.from(stops, (stop) => stop.losses[name]![0]!);
            return [name, { actual, projected }] as const;
          }),
        );
        return {
          directions,
          names: stops.map(({ name }) => name),
          epochs: stops.map(({ epoch }) => epoch),
          points,
          residuals,
          explainedVariance: values.map((value) => (total === 0 ? 0 : value / total)),
          surface: drawn!,
          losses,
        };
      } catch (error) {
        dispose(directions as unknown as Tensor[]);
        throw error;
      }
    },
  };
}

import type { Params } from '@segscape/core';
import { assertKnown, assertOption, isRecord, optionNames } from '@segscape/core';
import { dispose, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { weightOf } from '../directions/weight-of.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { ended } from '../grids/events.js';
import { evaluateGrid, type GridEvent, type GridOptions, gridOptions, recorded } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import { type Curve, curveCoefficients } from './curve.js';
import type { Line } from './line.js';

export interface AlongCurveOptions<B extends Batch> extends Omit<GridOptions<B>, 'params'> {
  readonly curve: Curve;
  /** Places along the curve. Default 25 from 0 to 1. */
  readonly t?: Axis;
}

const alongCurveOptions = [
  ...gridOptions.filter((name) => name !== 'params'),
  ...optionNames<Omit<AlongCurveOptions<Batch>, keyof GridOptions<Batch>>>({ curve: true, t: true }),
];

/** Losses along a curve. */
export async function* alongCurve<B extends Batch>(
  options: AlongCurveOptions<B>,
): AsyncGenerator<GridEvent<Line>> {
  assertKnown('alongCurve', options, alongCurveOptions);
  const { curve, t = [0, 1, 25], attributes, ...rest } = options;
  const isCurve = isRecord(curve) && Array.isArray(curve.bends);
  assertOption(isCurve, 'alongCurve', 'curve', typeof curve, 'be a curve, of bezier or polygonalChain');
  const { kind, from, to, bends } = curve;
  const isKind = kind === 'bezier' || kind === 'polygonalChain';
  assertOption(isKind, 'alongCurve', 'curve.kind', kind, "be 'bezier' or 'polygonalChain'");
  for (const [name, control] of Object.entries({ from, to, ...bends }))
    assertWeights('alongCurve', `curve.${name}`, control);
  const x = axisPlaces('alongCurve: t', t);
  const bent = (name: string) => bends.some((bend) => Object.hasOwn(bend, name));
  const between = (target: Params, wanted: (name: string) => boolean): Params =>
    Object.fromEntries(
      Object.entries(target)
        .filter(([name, w]) => w.dtype === 'float32' && wanted(name) && weightOf(from, name))
        .map(([name, w]) => [name, sub(w, from[name]!)]),
    );
  const directions = tidy(
    () =>
      [
        ...[...bends, to].map((control) => between(control, bent)),
        between(to, (name) => !bent(name)),
      ] as unknown as Tensor[],
  ) as unknown as Params[];
  try {
    const points = Array.from(x, (place, index) => ({
      index,
      offsets: [...curveCoefficients(kind, bends.length, place).slice(1), place],
    }));
    const { values } = yield* evaluateGrid('alongCurve', { ...rest, params: from }, directions, points);
    const about = recorded({ ...options, attributes: { ...attributes, curve: kind } });
    yield ended({ x, values, attributes: about }, options.signal);
  } finally {
    dispose(directions as unknown as Tensor[]);
  }
}

import { assertKnown, assertOption, SegscapeError } from '@segscape/core';
import { valuesOf } from '../grids/values-of.js';
import type { Line } from './line.js';

export interface BarrierOptions {
  /**
   * What the loss is compared with: the straight line between its values at both ends (`'chord'`, the default, of Frankle
   * et al. and Entezari et al.), or the higher of them (`'ends'`, a pass as Draxler et al. have it).
   */
  readonly above?: 'chord' | 'ends';
}

export interface Barrier {
  /** Largest rise of the loss on the way; 0 where there is none. */
  readonly height: number;
  /** Where it is, in the line's x. */
  readonly at: number;
}

/**
 * How high the loss rises on a way between two weights, the first and last place of a line (or those at 0 and 1):
 *
 *     max over t of L(t) − ((1 − t)·L(0) + t·L(1))
 *
 * @param line of `interpolate` or `alongCurve`; places outside [0, 1] do not count.
 * @param loss which of the line's losses.
 * @param options `above`, what the height is measured from: the chord between both ends (default), or the higher end.
 * @returns the height, in the units of the loss, and where it is.
 * @throws {SegscapeError} `BAD_OPTION` for a loss that is not there, or a line without places at 0 and 1; `SHAPE_MISMATCH`
 *   for values that do not fill the line; `NOT_FINITE` when the loss is not finite somewhere between.
 * @see Frankle, Dziugaite, Roy, Carbin, 2020. https://arxiv.org/abs/1912.05671
 * @see Draxler, Veschgini, Salmhofer, Hamprecht, 2018. https://arxiv.org/abs/1803.00885
 */
export function barrierHeight(line: Line, loss: string, options: BarrierOptions = {}): Barrier {
  assertKnown('barrierHeight', options, ['above']);
  const { above = 'chord' } = options;
  const where = 'barrierHeight';
  const z = valuesOf(where, line, loss);
  assertOption(above === 'chord' || above === 'ends', where, 'above', above, "be 'chord' or 'ends'");
  const places = [...line.x].map((x, i) => ({ x, value: z[i]! })).filter(({ x }) => x >= 0 && x <= 1);
  const [first, last] = [places.find(({ x }) => x === 0), places.find(({ x }) => x === 1)];
  if (!first || !last)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: the line has no place at ${first ? 1 : 0}; evaluate it over [0, 1, count].`,
    );
  const odd = places.find(({ value }) => !Number.isFinite(value));
  if (odd) throw new SegscapeError('NOT_FINITE', `${where}: '${loss}' is not finite at ${odd.x}.`);
  const base = (t: number) =>
    above === 'ends' ? Math.max(first.value, last.value) : (1 - t) * first.value + t * last.value;
  return places.reduce<Barrier>(
    (best, { x, value }) => (value - base(x) > best.height ? { height: value - base(x), at: x } : best),
    { height: 0, at: 0 },
  );
}

import { isRecord } from '@segscape/core';
import { Unsupported } from '../decode/faults.js';

interface Axis {
  readonly name: string;
  readonly type: string | undefined;
  readonly unit: string | undefined;
}

/** A level of a pyramid: where it lies, its axes, and the size of a voxel along each, in the axes' units. */
export interface Level {
  readonly path: string;
  readonly axes: readonly Axis[];
  readonly scale: readonly number[];
}

type Json = Readonly<Record<string, unknown>>;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

function axesOf(given: unknown): Axis[] {
  // Before 0.4 axes were names, and before 0.3 these.
  const list = given ?? ['t', 'c', 'z', 'y', 'x'];
  if (!Array.isArray(list)) throw new Error('its axes are damaged');
  return list.map((axis: unknown) => {
    const { name, type, unit } = isRecord(axis) ? axis : { name: axis };
    if (typeof name !== 'string') throw new Error('its axes are damaged');
    return { name: name.toLowerCase(), type: text(type), unit: text(unit) };
  });
}

/** The scales that a list of transformations multiplies to. */
function scaleOf(given: unknown, axes: number): number[] {
  const out = Array<number>(axes).fill(1);
  if (given === undefined) return out;
  if (!Array.isArray(given)) throw new Error('its transformations are damaged');
  for (const { type, scale } of given.filter(isRecord)) {
    if (type !== 'scale') continue;
    if (!Array.isArray(scale) || scale.length !== axes) throw new Error('its transformations are damaged');
    for (const [i, factor] of scale.entries()) out[i]! *= Number(factor);
  }
  return out;
}

/**
 * The levels of the first pyramid that a group's attributes tell of, the largest first.
 * @throws {Error} where they are damaged; `Unsupported` where there are none.
 */
export function levelsOf(attributes: Json): Level[] {
  const { multiscales } = isRecord(attributes.ome) ? attributes.ome : attributes;
  if (multiscales === undefined)
    throw new Unsupported(
      'it tells of no pyramid (multiscales): it may be a plate or a collection; give the path of one image',
    );
  const first: unknown = Array.isArray(multiscales) ? multiscales[0] : undefined;
  if (!isRecord(first) || !Array.isArray(first.datasets) || first.datasets.length === 0)
    throw new Error('its pyramid (multiscales) is damaged');
  const axes = axesOf(first.axes);
  const all = scaleOf(first.coordinateTransformations, axes.length);
  return first.datasets.map((level: unknown) => {
    if (!isRecord(level) || typeof level.path !== 'string')
      throw new Error('its pyramid (multiscales) is damaged');
    const own = scaleOf(level.coordinateTransformations, axes.length);
    return { path: level.path, axes, scale: own.map((factor, i) => factor * all[i]!) };
  });
}

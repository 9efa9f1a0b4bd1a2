import type { Layer } from './layer.js';
import type { Stage } from './network.js';

/**
 * A row of a network's summary, with what initialises its parameters.
 * @param name what its parameters begin with.
 * @param kind in words, for tables.
 * @param channels of its maps.
 * @param layers those that have parameters.
 * @param length of its maps along an axis, from the length of the images.
 * @returns the row.
 */
export const stage = (
  name: string,
  kind: string,
  channels: number,
  layers: readonly Layer[],
  length: Stage['length'],
): Stage => ({ name, kind, channels, specs: layers.flatMap(({ specs }) => specs), length });

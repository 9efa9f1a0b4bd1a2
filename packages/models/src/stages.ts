import type { Layer } from './layer.js';
import type { Stage } from './network.js';

export const stage = (
  name: string,
  kind: string,
  channels: number,
  layers: readonly Layer[],
  length: Stage['length'],
): Stage => ({ name, kind, channels, specs: layers.flatMap(({ specs }) => specs), length });

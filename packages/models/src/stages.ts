import type { Layer } from './layer.js';
import type { Stage } from './network.js';
import type { Padding } from './options.js';

/** Lengths along one axis of what each level's blocks give, from the length of the images. */
export function lengths(padding: Padding, depth: number) {
  const cut = padding === 'valid' ? 4 : 0;
  const encoder = (level: number) => (input: number) => {
    let n = input - cut;
    for (let i = 0; i < level; i++) n = Math.floor(n / 2) - cut;
    return n;
  };
  /** `step` counts from the deepest upsampling, 0. */
  const upsampled = (step: number) => (input: number) => {
    let n = encoder(depth - 1)(input);
    for (let i = 0; i < step; i++) n = 2 * n - cut;
    return 2 * n;
  };
  const decoder = (step: number) => (input: number) => upsampled(step)(input) - cut;
  return { encoder, upsampled, decoder };
}

export const stage = (
  name: string,
  kind: string,
  channels: number,
  layers: readonly Layer[],
  length: (input: number) => number,
): Stage => ({ name, kind, channels, specs: layers.flatMap(({ specs }) => specs), length });

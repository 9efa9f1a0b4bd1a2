import { type Tensor, tensor } from '@tensorflow/tfjs-core';

export type Fn = (...inputs: Tensor[]) => Tensor;

/** A function to differentiate, by name, and where. Its inputs are made on whichever backend is current. */
export type Case = readonly [name: string, fn: Fn, inputs: () => Tensor[]];

/** Numbers in (-1, 1), the same for a seed, no two alike. */
export const noise = (shape: readonly number[], seed = 1): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
      const wave = Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453;
      return 2 * (wave - Math.floor(wave)) - 1;
    }),
    [...shape],
  );

import type { Rng } from '@segscape/core';

/** Cubic that rises from 0 at `low` to 1 at `high` with flat ends; `low` above `high` makes it fall. */
export function smoothStep(low: number, high: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** A direction, uniform enough for pictures, from the four basic operations and a root: no sine, no cosine. */
export function direction(rng: Rng): readonly [number, number] {
  for (;;) {
    const [x, y] = [2 * rng.uniform() - 1, 2 * rng.uniform() - 1];
    const square = x * x + y * y;
    if (square < 0.01 || square > 1) continue;
    const length = Math.sqrt(square);
    return [x / length, y / length];
  }
}

/** A smooth random function of the plane with values in [-1, 1]. */
export type Noise = (y: number, x: number) => number;

/** Value noise: random numbers on a lattice of unit spacing that repeats after 32, joined by smooth steps. */
function valueNoise(rng: Rng): Noise {
  const size = 32;
  const lattice = Float64Array.from({ length: size * size }, () => 2 * rng.uniform() - 1);
  const at = (y: number, x: number) => lattice[(y & (size - 1)) * size + (x & (size - 1))]!;
  return (y, x) => {
    const [row, column] = [Math.floor(y), Math.floor(x)];
    const [v, u] = [smoothStep(0, 1, y - row), smoothStep(0, 1, x - column)];
    const top = at(row, column) * (1 - u) + at(row, column + 1) * u;
    const bottom = at(row + 1, column) * (1 - u) + at(row + 1, column + 1) * u;
    return top * (1 - v) + bottom * v;
  };
}

/** Octaves of value noise, each twice as fine and half as strong as the one before. */
export function fractalNoise(rng: Rng, octaves: number): Noise {
  const layers = Array.from({ length: octaves }, () => valueNoise(rng));
  return (y, x) => {
    let [sum, weight, scale] = [0, 0.5, 1];
    for (const layer of layers) {
      sum += weight * layer(y * scale, x * scale);
      weight /= 2;
      scale *= 2;
    }
    return sum;
  };
}

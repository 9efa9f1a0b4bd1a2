import { assertOption } from '@segscape/core';
import type { Known } from './known-options.js';
import type { Space } from './space.js';

/** How many axes may differ between neighbours: 1 is 4 (6 in 3-D) neighbours, 2 is 8 (18), 3 is 26. */
export type Connectivity = 1 | 2 | 3;

export interface ConnectivityOption {
  /** How many axes may differ between neighbours. Default 1: 4 neighbours in 2-D, 6 in 3-D. */
  readonly connectivity?: Connectivity;
}

/** Of functions that know neighbours and nothing else. */
export const ofNeighbours: Known<ConnectivityOption> = { connectivity: 0 };

/** Steps to the neighbours of a pixel, `[dz, dy, dx]` in raster order. */
export type Step = readonly [number, number, number];

/** All neighbours' steps; the first half of them comes before the pixel in raster order. */
export function stepsOf(where: string, { axes }: Space, connectivity: Connectivity = 1): readonly Step[] {
  assertOption(
    Number.isInteger(connectivity) && connectivity >= 1 && connectivity <= axes,
    where,
    'connectivity',
    connectivity,
    `be a whole number from 1 to ${axes}`,
  );
  const steps: Step[] = [];
  const planes = axes === 3 ? [-1, 0, 1] : [0];
  for (const dz of planes)
    for (const dy of [-1, 0, 1])
      for (const dx of [-1, 0, 1]) {
        const moved = Math.abs(dz) + Math.abs(dy) + Math.abs(dx);
        if (moved > 0 && moved <= connectivity) steps.push([dz, dy, dx]);
      }
  return steps;
}

/** Calls `visit` with the flat position of every neighbour inside the raster. */
export function eachNeighbour(
  at: number,
  { depth, height, width }: Space,
  steps: readonly Step[],
  visit: (neighbour: number) => void,
): void {
  const x = at % width;
  const y = Math.floor(at / width) % height;
  const z = Math.floor(at / (width * height));
  for (const [dz, dy, dx] of steps) {
    const nx = x + dx;
    const ny = y + dy;
    const nz = z + dz;
    if (nx < 0 || ny < 0 || nz < 0 || nx >= width || ny >= height || nz >= depth) continue;
    visit(at + dx + width * (dy + height * dz));
  }
}

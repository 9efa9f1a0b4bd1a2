import { valuesOf } from '../data/page-data.js';
import { finiteExtent, shortNumber } from '../figures/scale.js';
import type { SurfaceGrid } from '../figures/terrain.js';

/** A moment with its epoch, where the name does not say it. */
export const momentText = ({ moment, epoch }: { readonly moment: string; readonly epoch: number }): string =>
  moment.startsWith('epoch') ? moment : `${moment} (epoch ${epoch})`;

/** What a panel shows, in words: without its controls, on paper, it must still say so. */
export function surfaceWords(
  trained: string,
  evaluated: string,
  moment: { readonly moment: string; readonly epoch: number },
  grid: SurfaceGrid,
): string {
  const values = valuesOf(grid, evaluated);
  const [low, high] = finiteExtent(values) ?? [Number.NaN, Number.NaN];
  const centre = values[nearest(grid.y) * grid.x.length + nearest(grid.x)] ?? Number.NaN;
  return `Trained with ${trained}, ${momentText(moment)}, evaluated with ${evaluated}: ${shortNumber(centre)} at the checkpoint, from ${shortNumber(low)} to ${shortNumber(high)} on this plane.`;
}

/** Index of the place next to the checkpoint. */
function nearest(axis: Float64Array): number {
  let best = 0;
  axis.forEach((place, i) => {
    if (Math.abs(place) < Math.abs(axis[best]!)) best = i;
  });
  return best;
}

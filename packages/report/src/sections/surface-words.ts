import { valuesOf } from '../data/page-data.js';
import { finiteExtent, shortNumber } from '../figures/scale.js';
import type { SurfaceGrid } from '../figures/terrain.js';

/** When in its training a network was as it is; an empty name where nobody knows. */
interface Moment {
  readonly moment: string;
  readonly epoch: number;
}

/** A moment with its epoch, where the name does not say it. */
export const momentText = ({ moment, epoch }: Moment): string =>
  moment === '' || moment.startsWith('epoch') ? moment : `${moment} (epoch ${epoch})`;

/** A network by the loss that it was trained with, or, where nothing is known of its training, by its own name. */
export const networkText = (trained: string, moment: Moment): string =>
  moment.moment === '' ? `The network of ${trained}` : `Trained with ${trained}, ${momentText(moment)}`;

const statistics = new Map([
  ['carried', 'move along the directions as weights do'],
  ['frozen', 'are those of the checkpoint everywhere'],
  ['precise', 'are computed anew at each point'],
]);

/** What became of batch normalisation on a plane, in words; nothing where a network has none, or a run did not say. */
export function statisticsText(batchNorm: string | undefined): string {
  const words = statistics.get(batchNorm ?? '');
  return words === undefined ? '' : ` Statistics of batch normalisation ${words}.`;
}

/** What a panel shows, in words: without its controls, on paper, it must still say so. */
export function surfaceWords(
  trained: string,
  evaluated: string,
  moment: Moment,
  grid: SurfaceGrid,
  batchNorm?: string,
): string {
  const values = valuesOf(grid, evaluated);
  const [low, high] = finiteExtent(values) ?? [Number.NaN, Number.NaN];
  const centre = values[nearest(grid.y) * grid.x.length + nearest(grid.x)] ?? Number.NaN;
  const middle = moment.moment === '' ? 'its own weights' : 'the checkpoint';
  return `${networkText(trained, moment)}, evaluated with ${evaluated}: ${shortNumber(centre)} at ${middle}, from ${shortNumber(low)} to ${shortNumber(high)} on this plane.${statisticsText(batchNorm)}`;
}

/** Index of the place next to the checkpoint. */
function nearest(axis: Float64Array): number {
  let best = 0;
  axis.forEach((place, i) => {
    if (Math.abs(place) < Math.abs(axis[best]!)) best = i;
  });
  return best;
}

import { momentsOf, type ReadSurface } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { finiteExtent, shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { surfaceSvg } from '../figures/surface-svg.js';
import { escapeText } from '../figures/svg.js';
import { commonRange, type SurfaceGrid, spansDecades } from '../figures/terrain.js';
import { section } from './markup.js';

const options = (names: readonly string[], chosen: string) =>
  names
    .map(
      (name) =>
        `<option value="${escapeText(name)}"${name === chosen ? ' selected' : ''}>${escapeText(name)}</option>`,
    )
    .join('');

/** Two loss surfaces beside each other with their controls; the contours are there before any script runs. */
export function surfacesHtml(
  facts: ReportFacts,
  surfaces: readonly ReadSurface[],
  best: string | undefined,
): string {
  if (surfaces.length === 0) return '';
  const moments = momentsOf(surfaces);
  const trained = facts.losses.filter((loss) => surfaces.some((surface) => surface.loss === loss));
  const evaluated = [...new Set(surfaces.flatMap(({ grid }) => Object.keys(grid.values)))];
  const first = trained[0]!;
  const second =
    best !== undefined && best !== first && trained.includes(best) ? best : (trained[1] ?? first);
  const measured = evaluated.includes(first) ? first : evaluated[0]!;
  // One training alone is seen through two losses.
  const other = first === second ? (evaluated.find((loss) => loss !== measured) ?? measured) : measured;
  const last = moments[moments.length - 1]!;
  const pair = [first, second].map((loss) =>
    surfaces.find((surface) => surface.loss === loss && surface.moment === last.moment),
  );
  const grids = surfaces
    .filter(({ loss }) => loss === first || loss === second)
    .flatMap(({ grid }) => [grid.values[measured] ?? [], grid.values[other] ?? []]);
  const log = spansDecades(grids);
  const { low, high } = commonRange(grids, log);
  const panels = pair.map((surface, i) => {
    const name = ['Left', 'Right'][i]!;
    const figure = surface
      ? surfaceSvg(surface.grid, { loss: [measured, other][i]!, log, range: [low, high], style: pageStyle })
      : '';
    return `<div class="panel" data-panel="${i}"><div class="controls"><label>Trained with <select data-role="trained" aria-label="${name} surface: trained with">${options(
      trained,
      [first, second][i]!,
    )}</select></label><label>Evaluated with <select data-role="evaluated" aria-label="${name} surface: evaluated with">${options(
      evaluated,
      [measured, other][i]!,
    )}</select></label></div><div class="terrain" tabindex="0" role="img" aria-label="${name} surface in three dimensions. Turn it with the arrow keys."></div><figure class="contour">${figure}</figure><p class="note" data-role="words" aria-live="polite">${surface ? escapeText(surfaceWords(surface.loss, [measured, other][i]!, last, surface.grid)) : ''}</p></div>`;
  });
  const ticks = moments.map(({ moment }) => `<span>${escapeText(moment)}</span>`).join('');
  return section(
    {
      id: 'surfaces',
      title: 'Loss surfaces',
      lead: 'The loss around the weights at a moment of training, over two random directions scaled filter by filter (Li et al., 2018), the same for every loss. The cross is the checkpoint itself. Drag a surface, or focus it and use the arrow keys: both turn together.',
    },
    `<div class="controls" id="surface-controls"><label class="wide">Moment of training <input type="range" id="moment" min="0" max="${
      moments.length - 1
    }" step="1" value="${moments.length - 1}"${moments.length < 2 ? ' disabled' : ''}><span class="moments" aria-hidden="true">${ticks}</span></label><output id="moment-name" for="moment">${escapeText(
      momentText(last),
    )}</output><label><input type="checkbox" id="surface-log"${log ? ' checked' : ''}> logarithmic</label><label><input type="checkbox" id="surface-shared" checked> one scale for both</label></div><div class="panels">${panels.join(
      '',
    )}</div><noscript><p class="note">The surfaces in three dimensions need scripts; the contours above do not.</p></noscript>`,
  );
}

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
  const values = grid.values[evaluated] ?? new Float32Array();
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

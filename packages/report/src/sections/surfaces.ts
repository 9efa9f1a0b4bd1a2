import { isOfMasks } from '../data/answer.js';
import { evaluatedOf, momentsOf, type ReadSurface, trainedOf, valuesOf } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { pageStyle } from '../figures/style.js';
import { surfaceFigure } from '../figures/surface-svg.js';
import { commonRange, spansDecades } from '../figures/terrain.js';
import { type Html, html, nothing } from '../html.js';
import type { Section } from './markup.js';
import { surfaceNumbersHtml } from './surface-numbers.js';
import { momentText, surfaceWords } from './surface-words.js';
import { linesHtml, trustOf } from './trust.js';

const options = (names: readonly string[], chosen: string) =>
  names.map((name) =>
    name === chosen
      ? html`<option value="${name}" selected>${name}</option>`
      : html`<option value="${name}">${name}</option>`,
  );

/** An attribute that is there or not. */
const flag = (name: 'checked' | 'disabled', on: boolean) => (on ? html` ${name}` : nothing);

/** Two loss surfaces beside each other with their controls; the contours are there before any script runs. */
export function surfacesSection(
  facts: ReportFacts,
  surfaces: readonly ReadSurface[],
  best: string | undefined,
): Section {
  return {
    id: 'surfaces',
    title: 'Loss surfaces',
    lead: `${isOfMasks(facts) ? 'The loss on the judged images around the weights of each network' : 'The loss around the weights at a moment of training'}, over two random directions scaled filter by filter (Li et al., 2018)${isOfMasks(facts) ? '. The cross is the network' : ', the same for every loss. The cross is the checkpoint'} itself. Drag a surface, or focus it and use the arrow keys: both turn together. Click a place, and every loss there is said below.`,
    content: surfaces.length === 0 ? nothing : content(facts, surfaces, best),
  };
}

interface Panel {
  readonly name: 'Left' | 'Right';
  readonly trained: string;
  readonly evaluated: string;
}

function content(facts: ReportFacts, surfaces: readonly ReadSurface[], best: string | undefined): Html {
  const moments = momentsOf(surfaces);
  const trained = trainedOf(facts.losses, surfaces);
  const evaluated = evaluatedOf(surfaces.map(({ grid }) => grid.values));
  const first = trained[0]!;
  const second =
    best !== undefined && best !== first && trained.includes(best) ? best : (trained[1] ?? first);
  const measured = evaluated.includes(first) ? first : evaluated[0]!;
  // One training alone is seen through two losses.
  const other = first === second ? (evaluated.find((loss) => loss !== measured) ?? measured) : measured;
  const last = moments[moments.length - 1]!;
  const grids = surfaces
    .filter(({ loss }) => loss === first || loss === second)
    .flatMap(({ grid }) => [valuesOf(grid, measured), valuesOf(grid, other)]);
  const log = spansDecades(grids);
  const { low, high } = commonRange(grids, log);
  const untold = moments.length === 1 && last.moment === '';
  const seenOf = untold ? 'Network of' : 'Trained with';
  const draw = ({ name, trained: loss, evaluated: seen }: Panel, place: number) => {
    const surface = surfaces.find((entry) => entry.loss === loss && entry.moment === last.moment);
    const there = surface !== undefined && Object.hasOwn(surface.grid.values, seen);
    const figure = there
      ? surfaceFigure(surface.grid, { loss: seen, log, range: [low, high], style: pageStyle })
      : nothing;
    const words = there ? surfaceWords(loss, seen, last, surface.grid, surface.batchNorm) : '';
    const trust = there && seen === loss ? (trustOf(facts, surface.name, seen)?.sentence ?? '') : '';
    return html`<div class="panel" data-panel="${place}"><div class="controls"><label>${seenOf} <select data-role="trained" aria-label="${name} surface: ${seenOf.toLowerCase()}">${options(trained, loss)}</select></label><label>Evaluated with <select data-role="evaluated" aria-label="${name} surface: evaluated with">${options(evaluated, seen)}</select></label></div><div class="view"><div class="terrain"></div><figure class="contour">${figure}</figure><p class="picked"></p></div><p class="note" data-role="words" aria-live="polite">${words}</p><p class="note trust" data-role="trust">${trust}</p></div>`;
  };
  const panels = [
    draw({ name: 'Left', trained: first, evaluated: measured }, 0),
    draw({ name: 'Right', trained: second, evaluated: other }, 1),
  ];
  const end = moments.length - 1;
  const ticks = moments.map(({ moment }) => html`<span>${moment}</span>`);
  return html`<div class="controls" id="surface-controls"><label class="wide"${untold ? html` hidden` : nothing}>Moment of training <input type="range" id="moment" min="0" max="${end}" step="1" value="${end}"${flag('disabled', end === 0)}><span class="moments" aria-hidden="true">${ticks}</span></label><output id="moment-name" for="moment"${untold ? html` hidden` : nothing}>${momentText(last)}</output><label><input type="checkbox" id="surface-log"${flag('checked', log)}> logarithmic</label><label><input type="checkbox" id="surface-shared" checked> one scale for both</label></div><div class="panels">${panels}</div><noscript><p class="note">The surfaces in three dimensions need scripts; the contours above do not.</p></noscript>${playerHtml(evaluated, untold)}${linesHtml(facts, surfaces)}${surfaceNumbersHtml(facts, surfaces)}`;
}

/** Where the page puts all losses side by side through training. */
const playerHtml = (evaluated: readonly string[], untold: boolean): Html =>
  html`<div id="surface-player" hidden><h3>${untold ? 'All networks side by side' : 'All losses through training'}</h3><div class="controls"><label>All seen by <select aria-label="All surfaces seen by">${untold ? nothing : html`<option>the loss of each, each on its own scale</option>`}${options(evaluated, '')}</select></label></div><div class="player"></div></div>`;

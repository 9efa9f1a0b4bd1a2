import type { ReadMap } from '../data/read-run.js';
import type { ReportFacts } from '../facts.js';
import { mapFigure } from '../figures/map-svg.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { spansDecades } from '../figures/terrain.js';
import { type Html, html, nothing } from '../html.js';
import type { BarrierFact } from '../landscape-facts.js';
import { lossName, lossVariable, type Section, scrolling } from './markup.js';
import { statisticsText } from './surface-words.js';

const percent = (share: number) => `${Math.round(100 * share)} %`;
const sumOf = (shares: readonly number[]) => shares.reduce((sum, share) => sum + share, 0);

/** All losses on one map, the barriers between them, and the path of each training where it moved most. */
export function mapsSection(facts: ReportFacts, maps: readonly ReadMap[]): Section {
  const shared = maps.filter(({ kind }) => kind === 'minima');
  const paths = maps.filter(({ kind }) => kind === 'path');
  return {
    id: 'maps',
    title: 'Paths through weight space',
    lead: 'Where the trainings went, from the ring (the common start) to the dot (the last weights), on planes through the weights themselves. What lies off a plane is drawn at its foot: the shares say how much the plane holds.',
    content:
      maps.length === 0
        ? nothing
        : html`${shared.length === 0 ? nothing : sharedMaps(facts, shared)}${barrierTable(facts)}${paths.length === 0 ? nothing : pathMaps(facts, paths)}`,
  };
}

const losses = ({ minima = {} }: ReadMap) => Object.keys(minima).length;

const walked = (facts: ReportFacts, { paths }: ReadMap) =>
  Object.entries(paths).map(([label, points]) => ({
    label,
    colour: lossVariable(facts.losses.indexOf(label)),
    points,
  }));

/** The plane of all last weights of a network, seen by each loss. */
function figuresOf(facts: ReportFacts, map: ReadMap): Html[] {
  const paths = walked(facts, map);
  return facts.losses
    .filter((loss) => Object.hasOwn(map.grid.values, loss))
    .map(
      (loss) =>
        html`<figure>${mapFigure(map.grid, {
          loss,
          title: `seen by ${loss}`,
          log: spansDecades([map.grid.values[loss]!]),
          paths,
          style: pageStyle,
        })}</figure>`,
    );
}

/** What a plane through more than three weights leaves out. */
const heldBy = (map: ReadMap): string =>
  losses(map) > 3 ? `It holds ${percent(sumOf(map.explainedVariance))} of their spread.` : '';

/** What became of batch normalisation's statistics on the planes, where networks have some. */
const statisticsOf = (maps: readonly ReadMap[]): string =>
  [...new Set(maps.map(({ batchNorm }) => statisticsText(batchNorm)))].join('');

/** The planes of all last weights: one, or one for each network that was compared. */
function sharedMaps(facts: ReportFacts, maps: readonly ReadMap[]): Html {
  const legend = facts.losses
    .filter((loss) => maps.some(({ paths }) => Object.hasOwn(paths, loss)))
    .map((loss) => html`${lossName(facts.losses, loss)} `);
  const several = maps.length > 1 ? ' Each network has a plane of its own.' : '';
  return html`<h3>All losses on one map</h3><p>The plane through the last weights of every loss: networks that lie in one valley of a loss have no ridge of it between them.${several} ${maps.map(heldBy).join(' ')}${statisticsOf(maps)} Trained with: ${legend}</p><div class="charts" data-maps="minima">${maps.map((map) => figuresOf(facts, map))}</div>${trustsHtml(facts, maps)}`;
}

/** How much of a training's way its map holds. */
export const captionOf = ({ explainedVariance }: Pick<ReadMap, 'explainedVariance'>): string =>
  `Holds ${percent(sumOf(explainedVariance))} of the path's variance.`;

/** How far to trust the maps, where the study asked. */
function trustsHtml({ trust = [] }: ReportFacts, maps: readonly ReadMap[]): Html {
  const own = trust.filter(({ name }) => maps.some((map) => map.name === name));
  const lines = own.map(({ loss, sentence }) => html`<li>${loss}: ${sentence}</li>`);
  return lines.length === 0 ? nothing : html`<ul class="note trust">${lines}</ul>`;
}

function pathMaps(facts: ReportFacts, maps: readonly ReadMap[]): Html {
  const figures = maps.flatMap((map) => {
    const loss = map.loss ?? '';
    if (!Object.hasOwn(map.grid.values, loss)) return [];
    const figure = mapFigure(map.grid, {
      loss,
      title: loss,
      log: spansDecades([map.grid.values[loss]!]),
      paths: walked(facts, map),
      style: pageStyle,
    });
    return [html`<figure>${figure}<figcaption>${captionOf(map)}</figcaption></figure>`];
  });
  return html`<h3>Each training where it moved most</h3><p>The two principal directions of each training's weights, with the loss it was trained with.${statisticsOf(maps)}</p><div class="charts" data-maps="path">${figures}</div>${trustsHtml(facts, maps)}`;
}

/** How high each loss rises between two networks: of the two that were trained with them, and the highest of all. */
function barrierTable({ barriers = [], losses }: ReportFacts): Html {
  if (barriers.length === 0) return nothing;
  const height = ({ heights }: BarrierFact, loss: string) =>
    Object.hasOwn(heights, loss) ? shortNumber(heights[loss]!) : '–';
  const rows = barriers.map(
    (barrier) =>
      html`<tr><th scope="row">${lossName(losses, barrier.from)} <span class="versus">to</span> ${lossName(losses, barrier.to)}</th><td>${height(barrier, barrier.from)}</td><td>${height(barrier, barrier.to)}</td></tr>`,
  );
  const table = scrolling(
    'Barriers between networks',
    html`<table><thead><tr><th scope="col">Networks</th><th scope="col">By the first loss</th><th scope="col">By the second</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  const content =
    barriers.length > 10
      ? html`<details><summary>All ${barriers.length} pairs</summary>${table}</details>`
      : table;
  return html`<h3>Barriers</h3>${content}<p class="note">How far a loss rises above the straight line between its values at both networks, on the straight way between them (Frankle et al., 2020); 0 where it does not.</p>`;
}

import type { Curve } from '../data/curves.js';
import type { ReadSurface } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import type { CrossedFact, SpreadFact, SurfaceNumbersFact } from '../landscape-facts.js';
import { lossName, lossVariable, savedFigure, scrolling } from './markup.js';
import { momentText } from './surface-words.js';

type Named = Exclude<keyof SurfaceNumbersFact, 'name'>;

/** What is counted of a surface, as it is called, and how its numbers are written. */
const columns: readonly (readonly [Named, string, (value: number) => string])[] = [
  ['minimum', 'Lowest', shortNumber],
  ['convexity', 'Bends upwards', (value) => `${Math.round(100 * value)} %`],
  ['basinWidth', 'Basin width', shortNumber],
  ['roughness', 'Roughness', (value) => value.toFixed(3)],
  ['minima', 'Valleys', (value) => (Number.isInteger(value) ? String(value) : value.toFixed(1))],
  ['meanPersistence', 'Mean depth of the valleys', shortNumber],
];

const meaning =
  'Of the loss that each network was trained with, on this plane only. Bends upwards: share of places where both curvatures are positive. Basin: where the loss is within a tenth of its range from the lowest. Roughness: distance of a value from the mean of its neighbours, over the range. Valleys: minima that are deeper than 1 % of the range (persistence by the merge tree), and how deep they are in the mean, beside the deepest.';

/** The numbers of a surface with what it is of. */
interface Counted {
  readonly numbers: SurfaceNumbersFact;
  readonly surface: ReadSurface;
}

const countedOf = ({ surfaceNumbers = [] }: ReportFacts, surfaces: readonly ReadSurface[]): Counted[] =>
  surfaceNumbers.flatMap((numbers) => {
    const surface = surfaces.find(({ name }) => name === numbers.name);
    return surface === undefined ? [] : [{ numbers, surface }];
  });

const tableOf = (label: string, heads: readonly string[], rows: readonly Html[]): Html =>
  scrolling(
    label,
    html`<table><thead><tr>${heads.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );

/**
 * What the surfaces say in numbers, each of the loss that its network was trained with; through training as curves.
 * @param facts of the run.
 * @param surfaces drawn.
 */
export function surfaceNumbersHtml(facts: ReportFacts, surfaces: readonly ReadSurface[]): Html {
  const { losses } = facts;
  const all = countedOf(facts, surfaces);
  if (all.length === 0) return spreadHtml(facts, surfaces);
  const rows = all.map(({ numbers, surface }) => {
    const cells = columns.map(([name, , text]) => html`<td>${text(numbers[name])}</td>`);
    return html`<tr><th scope="row">${lossName(losses, surface.loss)} ${momentText(surface)}</th>${cells}</tr>`;
  });
  const table = tableOf('Surfaces in numbers', ['Trained with', ...columns.map(([, name]) => name)], rows);
  return html`<details><summary>The surfaces in numbers</summary>${table}<p class="note">${meaning}</p>${throughTraining(facts, all)}</details>${spreadHtml(facts, surfaces)}`;
}

/** What a number's intervals are over, in words. */
function intervalWords(spreads: readonly (SpreadFact | CrossedFact)[]): string {
  const most = (values: readonly number[]) => Math.max(0, ...values);
  const crossed = spreads.flatMap((spread) => ('planes' in spread ? [spread] : []));
  const planes = most(spreads.map((spread) => ('planes' in spread ? spread.planes : spread.count)));
  if (crossed.length === 0)
    return `Mean and its 95 % interval over ${planes} planes through the same weights, each along another pair of random directions.`;
  const seeds = most(crossed.map(({ count }) => count));
  return `Mean and its 95 % interval over the networks of ${seeds} seeds, ${planes === 1 ? 'over one plane each, so that what is chance in the plane is not in it' : `each over the same ${planes} planes along random directions`}.`;
}

/** A figure for each number, a curve a loss, where there are several moments; with intervals where other seeds or planes were drawn at all of them. */
function throughTraining({ losses, trust = [] }: ReportFacts, all: readonly Counted[]): Html {
  const spreadOf = (name: Named, of: 'seeds' | 'statistics', own: readonly Counted[]) => {
    const found = own.flatMap(({ surface }) => {
      const known = trust.find((fact) => fact.name === surface.name)?.[of];
      return known && Object.hasOwn(known, name) ? [known[name]!] : [];
    });
    return found.length === own.length ? found : undefined;
  };
  const told: (SpreadFact | CrossedFact)[] = [];
  const figures = columns.flatMap(([name, title]) => {
    const curves = losses.flatMap((label, i): Curve[] => {
      const own = all
        .filter(({ surface }) => surface.loss === label)
        .sort((a, b) => a.surface.epoch - b.surface.epoch);
      if (own.length < 2) return [];
      const spreads = spreadOf(name, 'seeds', own) ?? spreadOf(name, 'statistics', own);
      told.push(...(spreads ?? []));
      return [
        {
          label,
          colour: lossVariable(i),
          split: '',
          epochs: own.map(({ surface }) => surface.epoch),
          mean: spreads?.map(({ mean }) => mean) ?? own.map(({ numbers }) => numbers[name]),
          ...(spreads && {
            low: spreads.map(({ low }) => low),
            high: spreads.map(({ high }) => high),
          }),
        },
      ];
    });
    if (curves.length === 0) return [];
    return [
      savedFigure(
        `Surfaces ${title}`,
        curvesFigure(curves, { title, style: pageStyle }),
        curvesTable(curves),
      ),
    ];
  });
  if (figures.length === 0) return nothing;
  const note = told.length === 0 ? nothing : html`<p class="note">${intervalWords(told)}</p>`;
  return html`<h3>Through training</h3><div class="charts">${figures}</div>${note}`;
}

const spreadText = ({ mean, spread }: SpreadFact, text: (value: number) => string): string =>
  Number.isFinite(mean) ? `${text(mean)}${Number.isFinite(spread) ? ` ± ${text(spread)}` : ''}` : '–';

/** How the numbers of the last surfaces scatter over other directions, and where the steepest ones lie. */
function spreadHtml({ trust = [], losses }: ReportFacts, surfaces: readonly ReadSurface[]): Html {
  const own = trust.flatMap((fact) => {
    const surface = surfaces.find(({ name }) => name === fact.name);
    return surface === undefined ? [] : [{ ...fact, surface }];
  });
  const scatter = (of: Readonly<Record<string, SpreadFact>> | undefined, who: Html) => {
    if (of === undefined) return [];
    const draws = Math.max(0, ...Object.values(of).map(({ count }) => count));
    const cells = columns.map(([name, , text]) => {
      const spread = Object.hasOwn(of, name) ? of[name] : undefined;
      return html`<td>${spread === undefined ? '–' : spreadText(spread, text)}</td>`;
    });
    return [html`<tr><th scope="row">${who}</th><td>${draws}</td>${cells}</tr>`];
  };
  const rowsOf = (of: 'statistics' | 'seeds') =>
    own.flatMap((fact) =>
      scatter(fact[of], html`${lossName(losses, fact.surface.loss)} ${momentText(fact.surface)}`),
    );
  const [spreads, seeds] = [rowsOf('statistics'), rowsOf('seeds')];
  const steep = own.flatMap(({ eigenvectors = [], surface }) =>
    eigenvectors.map(({ value, plane, directions, gradient }, i) => {
      const cells = [value, plane, ...[0, 1].map((k) => directions[k] ?? Number.NaN), gradient];
      return html`<tr><th scope="row">${lossName(losses, surface.loss)} ${momentText(surface)}, eigenvalue ${i + 1}</th>${cells.map((cell) => html`<td>${Number.isFinite(cell) ? shortNumber(cell) : '–'}</td>`)}</tr>`;
    }),
  );
  const scattered =
    spreads.length === 0
      ? nothing
      : html`<details><summary>How much the numbers depend on the directions</summary>${tableOf('Numbers over several planes', ['Trained with', 'Planes', ...columns.map(([, name]) => name)], spreads)}<p class="note">Mean and standard deviation over planes through the same weights, each along another pair of random directions. Where losses differ by less than that, the plane may have made the difference.</p></details>`;
  const bent =
    steep.length === 0
      ? nothing
      : html`<details><summary>Where the steepest directions lie</summary>${tableOf('Eigenvectors and planes', ['Trained with', 'Eigenvalue', 'Cosine to the plane', 'to direction 1', 'to direction 2', 'to the gradient'], steep)}<p class="note">Cosines of the Hessian’s top eigenvectors: 1 lies in the plane, 0 at right angles to it, so that the surface does not show how steep the loss is there.</p></details>`;
  const seeded =
    seeds.length === 0
      ? nothing
      : html`<details><summary>How much the numbers depend on the seed</summary>${tableOf('Numbers over several seeds', ['Trained with', 'Seeds', ...columns.map(([, name]) => name)], seeds)}<p class="note">Mean, and standard deviation between the networks of several seeds at the same epoch, each over the same planes. Where losses differ by less than that, the seed may have made the difference.</p></details>`;
  return html`${scattered}${seeded}${bent}`;
}

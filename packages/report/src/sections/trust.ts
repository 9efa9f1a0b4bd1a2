import { type ReadSurface, valuesOf } from '../data/page-data.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { commonRange } from '../figures/terrain.js';
import { type Html, html, nothing } from '../html.js';
import type { TrustFact } from '../landscape-facts.js';
import { lossVariable, savedFigure } from './markup.js';

/**
 * How far a surface is to be trusted, seen by the loss that its network was trained with.
 * @param facts of the run.
 * @param name of the surface or map.
 * @param loss that it is seen by.
 * @returns undefined where the study did not ask.
 */
export const trustOf = ({ trust = [] }: ReportFacts, name: string, loss: string): TrustFact | undefined =>
  trust.find((fact) => fact.name === name && fact.loss === loss);

/** Index of the place next to the checkpoint. */
const middle = (axis: Float64Array): number =>
  axis.reduce((best, place, i) => (Math.abs(place) < Math.abs(axis[best]!) ? i : best), 0);

/** Spread of rounding in a line, in standard deviations to both sides. */
const wide = 2;

/**
 * The last surface of each loss cut along both directions through the checkpoint, with the band that rounding leaves.
 * @param facts of the run.
 * @param surfaces drawn.
 */
export function linesHtml(facts: ReportFacts, surfaces: readonly ReadSurface[]): Html {
  const last = facts.losses.flatMap((loss) => {
    const own = surfaces.filter(
      (surface) => surface.loss === loss && valuesOf(surface.grid, loss).length > 0,
    );
    return own.length === 0 ? [] : [own.reduce((a, b) => (b.epoch > a.epoch ? b : a))];
  });
  if (last.length === 0) return nothing;
  const cut = ({ grid, loss, name }: ReadSurface, along: 'x' | 'y') => {
    const values = valuesOf(grid, loss);
    const [columns, x, y] = [grid.x.length, middle(grid.x), middle(grid.y)];
    const mean = Array.from(
      grid[along],
      (_, i) => values[along === 'x' ? y * columns + i : i * columns + x]!,
    );
    const floor = trustOf(facts, name, loss)?.noiseFloor;
    return {
      label: loss,
      colour: lossVariable(facts.losses.indexOf(loss)),
      split: '',
      epochs: Array.from(grid[along]),
      mean,
      ...(floor !== undefined && {
        low: mean.map((value) => value - wide * floor),
        high: mean.map((value) => value + wide * floor),
      }),
    };
  };
  const log = commonRange(
    last.map(({ grid, loss }) => valuesOf(grid, loss)),
    true,
  ).log;
  const figures = (['x', 'y'] as const).map((along, i) => {
    const title = `Cut along direction ${i + 1}`;
    const curves = last.map((surface) => cut(surface, along));
    const across = `direction ${i + 1}`;
    const drawn = curvesFigure(curves, { title, across, log, style: pageStyle });
    return savedFigure(title, drawn, curvesTable(curves, across));
  });
  const floors = last.flatMap(({ name, loss }) => trustOf(facts, name, loss)?.noiseFloor ?? []);
  const said =
    floors.length === 0
      ? ''
      : ' The band is what rounding in single precision leaves open, two standard deviations to both sides; where it cannot be seen, it is thinner than the line.';
  return html`<details><summary>Cuts through the last weights</summary><div class="charts">${figures}</div><p class="note">Each network seen by the loss that it was trained with.${said}</p></details>`;
}

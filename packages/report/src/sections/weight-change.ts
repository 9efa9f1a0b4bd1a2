import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { html, nothing } from '../html.js';
import { lossVariable, type Section, savedFigure } from './markup.js';

/**
 * How far each layer has moved from where it started, a figure a layer and a curve a loss; more layers than fit at once are
 * folded away.
 * @param facts of the run.
 */
export function weightChangeSection({ losses, weightChange = [] }: ReportFacts): Section {
  const layers = [...new Set(weightChange.flatMap((fact) => fact.layers.map(({ layer }) => layer)))];
  const figures = layers.map((layer) => {
    const curves = losses.flatMap((label, i) => {
      const own = weightChange.find(({ loss }) => loss === label);
      const moved = own?.layers.find((entry) => entry.layer === layer);
      if (own === undefined || moved === undefined) return [];
      const mean = [...moved.relative];
      return [{ label, colour: lossVariable(i), split: '', epochs: own.epochs, mean }];
    });
    const drawn = curvesFigure(curves, { title: layer, style: pageStyle });
    return savedFigure(`Weight change ${layer}`, drawn, curvesTable(curves));
  });
  const shown = 6;
  const [first, rest] = [figures.slice(0, shown), figures.slice(shown)];
  const more =
    rest.length === 0
      ? nothing
      : html`<details><summary>${rest.length} more layers</summary><div class="charts">${rest}</div></details>`;
  return {
    id: 'weight-change',
    title: 'How far each layer moved',
    lead: 'Distance of a layer’s weights from their first values, over the length of those values: 0 has not moved, 1 has moved as far as it was long.',
    content: figures.length === 0 ? nothing : html`<div class="charts">${first}</div>${more}`,
  };
}

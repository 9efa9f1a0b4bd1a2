import type { FilterFact } from '../evidence-facts.js';
import type { ReportFacts } from '../facts.js';
import { plainTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { html, nothing } from '../html.js';
import { lossName, type Section, savedFigure, scrolling } from './markup.js';
import type { Pictures } from './picture.js';

const titleOf = ({ layer, filter }: FilterFact) => `Filter ${filter} of ${layer}`;

/**
 * Pictures that excite filters of the network of each loss.
 * @param facts of the run.
 * @param pictures that could be read.
 */
export function filtersSection({ losses, filters = [] }: ReportFacts, pictures: Pictures): Section {
  const there = filters.filter(({ name }) => pictures.has(name));
  const layers = [...new Set(there.map(({ layer }) => layer))];
  const tables = layers.map((layer) => {
    const own = there.filter((fact) => fact.layer === layer);
    const numbers = [...new Set(own.map(({ filter }) => filter))].sort((a, b) => a - b);
    const rows = losses
      .filter((label) => own.some(({ loss }) => loss === label))
      .map((label) => {
        const cells = numbers.map((number) => {
          const fact = own.find(({ loss, filter }) => loss === label && filter === number);
          if (fact === undefined) return html`<td></td>`;
          const { source, width, height } = pictures.get(fact.name)!;
          const picture = html`<img src="${source}" width="${width}" height="${height}" alt="${titleOf(fact)} (${label})" decoding="async">`;
          return html`<td>${picture}<small>${shortNumber(fact.before, 2)} → ${shortNumber(fact.after, 2)}</small></td>`;
        });
        return html`<tr><th scope="row">${lossName(losses, label)}</th>${cells}</tr>`;
      });
    const head = numbers.map((number) => html`<th scope="col">${number}</th>`);
    const table = scrolling(
      `Pictures for filters of ${layer}`,
      html`<table class="pictures film"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>`,
    );
    const numbersOf = plainTable(
      ['layer', 'filter', 'loss', 'epoch', 'before', 'after'],
      own.map((fact) => [fact.layer, fact.filter, fact.loss, fact.epoch, fact.before, fact.after]),
    );
    return html`<h3>${layer}</h3>${savedFigure(`Filters of ${layer}`, table, numbersOf)}`;
  });
  return {
    id: 'filters',
    title: 'What filters look for',
    lead: 'Pictures that excite single filters of each network most, found by gradient ascent from noise. They are no images of the data: they show what texture or edge a filter answers to, as far as one picture can.',
    content:
      tables.length === 0
        ? nothing
        : html`${tables}<p class="note">Activation maximisation (Erhan et al., 2009) with a small L2 penalty and jitter, the same noise for every network; below each, the filter’s mean activation before and after. Filters of two networks with one number have nothing to do with each other, unless the networks began with the same weights.</p>`,
  };
}

import type { SimilarityFact } from '../evidence-facts.js';
import type { ReportFacts } from '../facts.js';
import { plainTable } from '../figures/figure-tables.js';
import { heatMapFigure } from '../figures/heat-map-svg.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { type Section, savedFigure } from './markup.js';

/** Layers of one name in both networks, with how alike they are. */
function sameLayers({ rows, columns, values }: SimilarityFact): { layer: string; value: number }[] {
  return rows.flatMap((layer, r) => {
    const value = values[r]?.[columns.indexOf(layer)] ?? Number.NaN;
    return Number.isFinite(value) ? [{ layer, value }] : [];
  });
}

/** Where two networks are most and least alike, in words. */
function wordsOf(fact: SimilarityFact): Html {
  const same = sameLayers(fact);
  if (same.length < 2) return nothing;
  const least = same.reduce((low, entry) => (entry.value < low.value ? entry : low));
  const most = same.reduce((high, entry) => (entry.value > high.value ? entry : high));
  return html`<li>${fact.a} and ${fact.b}: most alike in ${most.layer} (${most.value.toFixed(2)}), least in ${least.layer} (${least.value.toFixed(2)}).</li>`;
}

function figureOf(fact: SimilarityFact): Html {
  const { a, b, rows, columns, values } = fact;
  const title = `${a} and ${b}`;
  const drawn = heatMapFigure({ rows, columns, values }, { title, down: a, across: b, style: pageStyle });
  const table = plainTable(
    ['layer of the first', 'layer of the second', 'first', 'second', 'CKA'],
    rows.flatMap((row, r) => columns.map((column, c) => [row, column, a, b, values[r]?.[c]])),
  );
  return savedFigure(`Similarity ${title}`, drawn, table);
}

/** Pairs that are shown at once. */
const shown = 3;

/**
 * How alike the layers of two losses' networks are.
 * @param facts of the run.
 */
export function similaritySection({ similarities = [] }: ReportFacts): Section {
  const figures = similarities.map(figureOf);
  const [first, rest] = [figures.slice(0, shown), figures.slice(shown)];
  const more =
    rest.length === 0
      ? nothing
      : html`<details><summary>${rest.length} more pairs</summary><div class="charts">${rest}</div></details>`;
  const places = similarities[0]?.places ?? 0;
  const images = similarities[0]?.images ?? 0;
  return {
    id: 'similarity',
    title: 'Do the losses’ networks see alike?',
    lead: 'How alike the layers of two networks answer to the same places of the same images, at their last weights: 1 is alike but for a rotation and scaling, 0 has nothing in common.',
    content:
      figures.length === 0
        ? nothing
        : html`<div class="charts">${first}</div>${more}<ul class="note">${similarities.map(wordsOf)}</ul><p class="note">Linear centred kernel alignment (Kornblith et al., 2019) over ${places} places of ${images} training images. Of a layer with more features than a tenth of the places, small differences are chance.</p>`,
  };
}

import { measureTitle, numberOf } from '../data/scores.js';
import type { ComparisonFact, ReportFacts } from '../facts.js';
import { shortNumber } from '../figures/scale.js';
import { escapeText } from '../figures/svg.js';
import { lossName, scrolling } from './markup.js';

const significant = 0.05;
/** More pairs than this are folded away. */
const shownPairs = 15;

/** Two decimals, without a negative zero. */
const fixed = (value: number) =>
  Number.isFinite(value) ? (Math.round(value * 100) / 100 + 0).toFixed(2).replace('-', '−') : '–';

function probability(p: unknown): string {
  const value = numberOf(p);
  if (!Number.isFinite(value)) return '–';
  return value < 0.001 ? '&lt; 0.001' : value.toFixed(3);
}

const columns = ['Losses', 'Difference', 'p', 'p (Holm)', 'Effect', 'Images'];

/** The tests between pairs of losses, a table for each measure. */
export function testsHtml({ comparisons = [], losses }: ReportFacts): string {
  const measures = [...new Set(comparisons.map(({ measure }) => measure))];
  const head = columns.map((name) => `<th scope="col">${name}</th>`).join('');
  return measures
    .map((measure) => {
      const own = comparisons.filter((entry) => entry.measure === measure);
      const title = `Pairwise tests, ${measureTitle(measure)}`;
      const table = scrolling(
        title,
        `<table><thead><tr>${head}</tr></thead><tbody>${own.map((entry) => row(entry, losses)).join('')}</tbody></table>`,
      );
      const note =
        '<p class="note">Wilcoxon\'s signed-rank test over the test images, corrected after Holm for the number of pairs; below 0.05 is bold. Difference: Hodges–Lehmann estimate of first − second. Effect: rank-biserial correlation.</p>';
      const content =
        own.length > shownPairs
          ? `<details><summary>All ${own.length} pairs</summary>${table}</details>`
          : table;
      return `<h3>${escapeText(title)}</h3>${content}${note}`;
    })
    .join('');
}

function row({ a, b, difference, p, pHolm, effect, n }: ComparisonFact, losses: readonly string[]): string {
  const holm = probability(pHolm);
  const cells = [
    shortNumber(numberOf(difference)),
    probability(p),
    numberOf(pHolm) < significant ? `<strong>${holm}</strong>` : holm,
    fixed(numberOf(effect)),
    String(n),
  ];
  const pair = `${lossName(losses, a)} <span class="versus">against</span> ${lossName(losses, b)}`;
  return `<tr><th scope="row">${pair}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

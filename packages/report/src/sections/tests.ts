import { hasSeeds } from '../data/answer.js';
import { measureTitle } from '../data/scores.js';
import type { ComparisonFact, ReportFacts } from '../facts.js';
import { shortNumber } from '../figures/scale.js';
import { type Html, html } from '../html.js';
import { lossName, scrolling } from './markup.js';

const significant = 0.05;
/** More pairs than this are folded away. */
const shownPairs = 15;

/** Two decimals, without a negative zero. */
const fixed = (value: number) =>
  Number.isFinite(value) ? (Math.round(value * 100) / 100 + 0).toFixed(2).replace('-', '−') : '–';

function probability(p: number): string {
  if (!Number.isFinite(p)) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

const columns = ['Losses', 'Difference', 'p', 'p (Holm)', 'Effect', 'Images'];

/** The tests between pairs of losses, a table for each measure. */
export function testsHtml(facts: ReportFacts): Html {
  const { comparisons = [], losses } = facts;
  const measures = [...new Set(comparisons.map(({ measure }) => measure))];
  const head = columns.map((name) => html`<th scope="col">${name}</th>`);
  const claim = hasSeeds(facts)
    ? 'The seeds are averaged: the tests tell images apart, not seeds.'
    : 'One seed: the tests compare these trained networks, not the losses.';
  return html`${measures.map((measure) => {
    const own = comparisons.filter((entry) => entry.measure === measure);
    const title = `Pairwise tests, ${measureTitle(measure)}`;
    const rows = own.map((entry) => row(entry, losses));
    const table = scrolling(
      title,
      html`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`,
    );
    const content =
      own.length > shownPairs
        ? html`<details><summary>All ${own.length} pairs</summary>${table}</details>`
        : table;
    return html`<h3>${title}</h3>${content}<p class="note">Wilcoxon's signed-rank test over the test images, corrected after Holm for the number of pairs; below 0.05 is bold. Difference: Hodges–Lehmann estimate of first − second. Effect: rank-biserial correlation. ${claim}</p>`;
  })}`;
}

function row({ a, b, difference, p, pHolm, effect, n }: ComparisonFact, losses: readonly string[]): Html {
  const holm = probability(pHolm);
  const cells = [
    shortNumber(difference),
    probability(p),
    pHolm < significant ? html`<strong>${holm}</strong>` : holm,
    fixed(effect),
    n,
  ];
  return html`<tr><th scope="row">${lossName(losses, a)} <span class="versus">against</span> ${lossName(losses, b)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

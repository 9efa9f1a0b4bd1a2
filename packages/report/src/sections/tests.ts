import { hasSeeds, isCrossed, isOfMasks } from '../data/answer.js';
import { measureTitle } from '../data/scores.js';
import { isUntestable } from '../data/testable.js';
import type { ComparisonFact, ReportFacts } from '../facts.js';
import { shortNumber } from '../figures/scale.js';
import { type Html, html, nothing } from '../html.js';
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

const columns = (isOld: boolean) => [
  'Losses',
  isOld ? 'Difference' : 'Difference (95 %)',
  'p',
  'p (Holm)',
  'Effect',
  isOld ? 'Images' : 'Patients',
];

/** How the tests were made, and what they may be taken for. */
function methodText(facts: ReportFacts, isOld: boolean): string {
  if (isUntestable(facts))
    return 'Difference of the means, first − second. A test needs scores of more than one patient: none was made.';
  const holm = 'corrected after Holm for the number of pairs; below 0.05 is bold.';
  if (isOld)
    return `Wilcoxon's signed-rank test over the test images, ${holm} Difference: Hodges–Lehmann estimate of first − second. Effect: rank-biserial correlation. ${
      hasSeeds(facts)
        ? 'The seeds are averaged: the tests tell images apart, not seeds.'
        : 'One seed: the tests compare these trained networks, not the losses.'
    }`;
  const patients =
    facts.groups === undefined ? 'Every image counts as a patient.' : 'Images of one patient count once.';
  const effect = 'Effect: rank-biserial correlation of the images.';
  return isCrossed(facts)
    ? `Difference of the means, first − second, with Student's t over crossed seeds and patients (Dorfman, Berbaum and Metz 1992; Cochran 1964), ${holm} It speaks of the losses, for other seeds and patients. ${effect} ${patients}`
    : `Difference of the means, first − second, with a permutation of the patients' signs, ${holm} ${isOfMasks(facts) ? 'The tests compare these masks.' : 'One seed: the tests compare these trained networks, not the losses.'} ${effect} ${patients}`;
}

/** The tests between pairs of losses, a table for each measure. */
export function testsHtml(facts: ReportFacts): Html {
  const { comparisons = [], losses } = facts;
  const measures = [...new Set(comparisons.map(({ measure }) => measure))];
  const isOld = comparisons.some(({ method }) => method === undefined);
  const head = columns(isOld).map((name) => html`<th scope="col">${name}</th>`);
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
    return html`<h3>${title}</h3>${content}<p class="note">${methodText(facts, isOld)}</p>`;
  })}`;
}

function row(
  { a, b, difference, low = Number.NaN, high = Number.NaN, p, pHolm, effect, n }: ComparisonFact,
  losses: readonly string[],
): Html {
  const holm = probability(pHolm);
  const interval = Number.isFinite(low)
    ? html`<small>${shortNumber(low)} to ${shortNumber(high)}</small>`
    : nothing;
  const cells = [
    html`${shortNumber(difference)}${interval}`,
    probability(p),
    pHolm < significant ? html`<strong>${holm}</strong>` : holm,
    n === 0 ? '–' : fixed(effect),
    n,
  ];
  return html`<tr><th scope="row">${lossName(losses, a)} <span class="versus">against</span> ${lossName(losses, b)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

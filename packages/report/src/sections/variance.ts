import { isOfMasks } from '../data/answer.js';
import { measureTitle } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

const deviation = (variance: number): string =>
  Number.isFinite(variance) ? Math.sqrt(Math.max(0, variance)).toFixed(3) : '–';

/**
 * Where the scores of the foreground scatter from: patients, seeds, and what remains; as standard deviations.
 * @param facts of the run.
 * @returns nothing where the run did not split them.
 */
export function varianceHtml(facts: ReportFacts): Html {
  const { losses, intervals = [], foreground } = facts;
  const measure = `iou.${foreground}`;
  const rows = losses.flatMap((loss) => {
    const variance = intervals.find((entry) => entry.loss === loss && entry.measure === measure)?.variance;
    if (variance === undefined) return [];
    const parts = [variance.group, variance.seed, variance.rest];
    if (!parts.some(Number.isFinite)) return [];
    const cells = parts.map((part) => html`<td>${deviation(part)}</td>`);
    return [html`<tr><th scope="row">${lossName(losses, loss)}</th>${cells}</tr>`];
  });
  if (rows.length === 0) return nothing;
  const heads = [isOfMasks(facts) ? 'Masks of' : 'Trained with', 'Patients', 'Seeds', 'Rest'];
  const table = scrolling(
    'Where the scores scatter from',
    html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  const one =
    facts.seeds.length === 1 && !isOfMasks(facts)
      ? ' With one seed nobody can tell how much another would change: what it would is among the rest.'
      : '';
  return html`<h3>Where the scores scatter from</h3>${table}<p class="note">${measureTitle(measure)}: the standard deviation of a single score that comes from whose image it is, from the seed, and from both together and all else. ${facts.groups === undefined ? 'Every image counts as a patient. ' : ''}More patients narrow what the first column leaves open, more seeds the second.${one}</p>`;
}

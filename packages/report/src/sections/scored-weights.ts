import { isOfMasks } from '../data/answer.js';
import { shareText } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

/**
 * Which weights of each training were scored, what the validation images said of its loss, and the threshold that they would
 * have chosen; the scores themselves are at one half.
 * @param facts of the run.
 * @returns nothing for masks that others made, and for older runs, which recorded none of it.
 */
export function scoredWeightsHtml(facts: ReportFacts): Html {
  if (isOfMasks(facts)) return nothing;
  const { scores, losses, selection } = facts;
  const known = scores.filter(({ epoch, threshold }) => epoch !== undefined || threshold !== undefined);
  if (known.length === 0) return nothing;
  const thresholds = known.some(({ threshold }) => threshold);
  const values = selection?.values;
  const rows = known.map(({ loss, seed, epoch, trained, threshold }) => {
    const validated = values && Object.hasOwn(values, loss) ? values[loss]! : Number.NaN;
    const cells = [
      seed,
      epoch === undefined ? '–' : trained === undefined ? epoch : `${epoch} of ${trained}`,
      ...(values ? [shareText(validated)] : []),
      ...(thresholds
        ? [
            threshold === undefined ? '–' : threshold.value.toFixed(2),
            shareText(threshold?.dice ?? Number.NaN),
            shareText(threshold?.diceAtHalf ?? Number.NaN),
          ]
        : []),
    ];
    return html`<tr><th scope="row">${lossName(losses, loss)}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  const heads = [
    'Trained with',
    'Seed',
    'Epoch scored',
    ...(values ? ['Validation, mean over the seeds'] : []),
    ...(thresholds ? ['Threshold', 'Dice at it', 'Dice at 0.5'] : []),
  ];
  const table = scrolling(
    'Scored weights',
    html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  const note = thresholds
    ? html`<p class="note">The threshold is the probability that gives the best mean Dice on the validation images, which chose it: the gain over 0.5 there promises less on others. The scores above are at 0.5.</p>`
    : nothing;
  return html`<details><summary>The weights that were scored${thresholds ? ', and their thresholds' : ''}</summary>${table}${note}</details>`;
}

import { countOf } from '@segscape/core';
import { measureTitle, shareText } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

/** How the losses fared in each fold of a cross-validation; nothing without folds. */
export function foldsHtml({ folds, losses }: ReportFacts): Html {
  if (folds === undefined) return nothing;
  const { images, measure } = folds;
  const title = `${measureTitle(measure)} in each fold`;
  const head = images.map(
    (count, fold) => html`<th scope="col">Fold ${fold}<small>${countOf(count, 'image')}</small></th>`,
  );
  const rows = folds.losses.map(
    ({ loss, means, deviation }) =>
      html`<tr><th scope="row">${lossName(losses, loss)}</th>${[...means, deviation].map((value) => html`<td>${shareText(value)}</td>`)}</tr>`,
  );
  const table = scrolling(
    title,
    html`<table><thead><tr><th scope="col">Trained with</th>${head}<th scope="col">Between folds</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>${title}</h3>${table}<p class="note">Each fold has networks of its own, that never saw its images; every image is tested once for each loss and seed, and the means, intervals and tests above are over all of them. Between folds: the standard deviation of the folds beyond what the scatter of their images explains (one-way analysis of variance). The images of a fold share their networks, which the intervals do not count; where it is large beside the differences of the losses, more folds or repeated studies are needed to tell them apart.</p>`;
}

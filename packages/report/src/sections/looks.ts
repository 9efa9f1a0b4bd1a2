import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

const probability = (p: number): string =>
  Number.isFinite(p) ? (p < 0.001 ? '< 0.001' : p.toFixed(3)) : '–';

/**
 * Every look at the scores of a study that added seeds until the best loss was settled.
 * @param facts of the run.
 */
export function looksHtml({ decision, losses }: ReportFacts): Html {
  const looks = decision?.looks ?? [];
  if (looks.length === 0) return nothing;
  const rows = looks.map(({ seeds, leader, p, alpha, settled }) => {
    const cells = [
      lossName(losses, leader),
      probability(p),
      probability(alpha),
      settled ? 'settled' : 'open',
    ];
    return html`<tr><th scope="row">${seeds.length}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  });
  const heads = ['Seeds', 'Ahead', 'Largest p', 'Needed below', 'Then'];
  const table = scrolling(
    'Looks at the scores',
    html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>How seeds were added</h3>${table}<p class="note">The largest p of the loss ahead against another, after Holm’s correction. Each look spends a part of the 5 %, so that looking often finds no more than looking once.</p>`;
}

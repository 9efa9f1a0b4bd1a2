import type { ReadRun } from '../data/read-run.js';
import { latexTable, methodsParagraph } from '../data/words-of-methods.js';
import { type Html, html, nothing } from '../html.js';
import { scrolling } from './markup.js';

/**
 * What somebody needs to say how the study was made and to prove that it is this one: a methods paragraph, the table in
 * LaTeX, and hashes.
 * @param run read for the report.
 */
export function receiptHtml({ facts, hashes }: ReadRun): Html {
  const codes = [...new Set(facts.environment.flatMap(({ code }) => code ?? []))];
  const rows = [
    ...(facts.material.contentHash === undefined
      ? []
      : [['images and masks', facts.material.contentHash] as const]),
    ...codes.map((hash) => [codes.length > 1 ? 'code, of one of its starts' : 'code', hash] as const),
    ...hashes,
  ].map(([name, hash]) => html`<tr><th scope="row">${name}</th><td><code>${hash}</code></td></tr>`);
  const sums =
    rows.length === 0
      ? nothing
      : html`<details><summary>Hashes (SHA-256)</summary>${scrolling(
          'Hashes',
          html`<table class="named"><thead><tr><th scope="col">What</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows}</tbody></table>`,
        )}</details>`;
  const table = latexTable(facts);
  const latex =
    table === ''
      ? nothing
      : html`<details><summary>The table in LaTeX</summary><pre tabindex="0" role="region" aria-label="Table in LaTeX"><code>${table}</code></pre></details>`;
  return html`<h3>Methods</h3><p class="methods">${methodsParagraph(facts)}</p>${latex}${sums}`;
}

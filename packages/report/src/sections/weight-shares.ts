import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { shareFigures, sortings } from './gradient-shares.js';

/** A share nearer to 0 than this is not told of: pixels that hardly ask for anything are not carried away. */
const notable = 0.01;

/** Groups of pixels whose gradient points away from the whole, a line for each loss. */
function againstHtml({ losses, weightShares = [] }: ReportFacts): Html {
  const lines = losses.flatMap((loss) => {
    const own = weightShares.filter((fact) => fact.loss === loss);
    const parts = sortings.flatMap(([sorting, , named]) => {
      const epochsOf = new Map<string, number[]>();
      for (const fact of own)
        for (const { group, share } of (Object.hasOwn(fact.shares, loss) ? fact.shares[loss] : undefined)?.[
          sorting
        ] ?? [])
          if (share < -notable) epochsOf.set(group, [...(epochsOf.get(group) ?? []), fact.epoch]);
      return [...epochsOf].map(([group, epochs]) => `${named(group)} (epoch ${epochs.join(', ')})`);
    });
    return parts.length === 0 ? [] : [html`<li>${loss}: its step goes against ${parts.join('; ')}.</li>`];
  });
  return lines.length === 0 ? nothing : html`<ul class="note">${lines}</ul>`;
}

/**
 * Whose step a training takes: the part of the gradient of the weights that each group of pixels asks for, at a few epochs of each
 * training, by its own loss.
 * @param facts of the run.
 */
export function weightSharesHtml(facts: ReportFacts): Html {
  const { weightShares = [] } = facts;
  const parts = sortings.flatMap((sorting) => {
    const figures = shareFigures(facts, weightShares, sorting, 'Steps');
    return figures.length === 0 ? [] : [html`<h4>${sorting[1]}</h4><div class="charts">${figures}</div>`];
  });
  if (parts.length === 0) return nothing;
  return html`<h3>Whose step is taken?</h3>${parts}${againstHtml(facts)}<p class="note">The same by the weights, which all pixels share: the projection of a group’s gradient on the whole one. Groups that hold all pixels sum to 1; below 0 the weights go where that group’s pixels would not have them. Where shares far above 1 stand beside some below 0, the groups nearly cancel each other, and little of the gradient is left.</p>`;
}

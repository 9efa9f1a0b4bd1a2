import { isOfMasks } from '../data/answer.js';
import { casesBy, disputeOf, type ImageCase, isByNetwork, shownSeed } from '../data/cases.js';
import { measureTitle, shareText } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

/** At most so many images are named at each end, and no more than half of them. */
const few = 3;

type Ranked = readonly (readonly [id: string, value: number])[];

const spread = ({ values }: ImageCase): number => {
  const there = values.filter(Number.isFinite);
  return there.length < 2 ? Number.NaN : Math.max(...there) - Math.min(...there);
};

/** The highest first, or those with the least; what has no number is left out. */
const ranked = (all: Ranked, sign: 1 | -1, first?: string): Ranked =>
  all
    .filter(([, value]) => Number.isFinite(value))
    // Of equals the one that the run itself took goes first: its pictures are there.
    .sort(([a, x], [b, y]) => sign * (y - x) || Number(b === first) - Number(a === first))
    .slice(0, Math.max(1, Math.min(few, Math.floor(all.length / 2))));

/**
 * The images that each loss does worst and best on, and those that the losses are at odds over, by the IoU of the
 * foreground and, where the run measured it, the distance between the masks of the networks.
 * @param facts of the run.
 * @param link to an image's pictures, or undefined where it has none.
 */
export function casesHtml(facts: ReportFacts, link: (id: string) => string | undefined): Html {
  const measure = `iou.${facts.foreground}`;
  const masks = isOfMasks(facts);
  const cases = casesBy(facts, measure);
  if (cases.length < 2 || !cases.some(({ values }) => values.some(Number.isFinite))) return nothing;
  const named = ([id, value]: Ranked[number]): Html => {
    const to = link(id);
    const name = to === undefined ? html`${id}` : html`<a href="#${to}">${id}</a>`;
    return html`<li>${name} <small>${shareText(value)}</small></li>`;
  };
  const list = (all: Ranked) => html`<ul class="cases">${all.map(named)}</ul>`;
  const argued = facts.disputes !== undefined && facts.losses.length > 1;
  const rows = facts.losses.flatMap((loss, l) => {
    const own = cases.map(({ id, values }) => [id, values[l]!] as const);
    if (!own.some(([, value]) => Number.isFinite(value))) return [];
    const taken = facts.cases?.find((entry) => entry.loss === loss);
    const distances = cases.map(({ id }) => [id, disputeOf(facts, loss, id)] as const);
    const cells = [
      ranked(own, -1, taken?.worst),
      ranked(own, 1, taken?.best),
      ...(argued ? [ranked(distances, 1, taken?.disputed)] : []),
    ];
    return [
      html`<tr><th scope="row">${lossName(facts.losses, loss)}</th>${cells.map((cell) => html`<td>${list(cell)}</td>`)}</tr>`,
    ];
  });
  const heads = [
    masks ? 'Masks of' : 'Trained with',
    'Worst',
    'Best',
    ...(argued ? ['Farthest from the other losses'] : []),
  ];
  const table = scrolling(
    'Worst and best images of each loss',
    html`<table class="named"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<h3>Worst, best and most disputed</h3>${table}${mostDisputed(facts, cases, list)}<p class="note">${basis(facts)}</p>`;
}

/** Where all losses are at odds most. */
function mostDisputed(facts: ReportFacts, cases: readonly ImageCase[], list: (all: Ranked) => Html): Html {
  if (facts.losses.length < 2) return nothing;
  const { disputes } = facts;
  const all = disputes
    ? disputes.images.map(({ id, disagreement }) => [id, disagreement] as const)
    : cases.map((entry) => [entry.id, spread(entry)] as const);
  const top = ranked(all, 1);
  const by = disputes
    ? 'the mean distance between the masks of two losses'
    : `the distance between the best and the worst ${isOfMasks(facts) ? 'masks' : 'loss'}`;
  return top.length === 0 ? nothing : html`<p>Most disputed, by ${by}:</p>${list(top)}`;
}

/** What the numbers are of. */
function basis(facts: ReportFacts): string {
  const title = measureTitle(`iou.${facts.foreground}`);
  if (isOfMasks(facts)) return `By ${title}.`;
  const seeds = [...new Set(facts.losses.flatMap((loss) => shownSeed(facts, loss) ?? []))];
  const of = isByNetwork(facts)
    ? `of the networks that the pictures are of, one a loss (seed ${seeds.join(', ')})`
    : 'a mean over the seeds';
  const distance =
    facts.disputes === undefined
      ? ''
      : ' Distance: pixels that two networks call differently, of those that either calls foreground (Jaccard, 1912): 0 where the masks are the same, 1 where they share nothing.';
  return `By ${title}, ${of}.${distance}`;
}

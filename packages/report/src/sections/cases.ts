import { isOfMasks } from '../data/answer.js';
import { intervalOf, mean, measureTitle, scoresOf, shareText } from '../data/scores.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { lossName, scrolling } from './markup.js';

/** How many images are named at each end. */
const few = 3;

interface Case {
  readonly id: string;
  /** By loss, in their order; a mean over the seeds. */
  readonly values: readonly number[];
}

/** Every scored image with its value by each loss. */
function casesOf(facts: ReportFacts, measure: string): Case[] {
  const ids = [...new Set(facts.scores.flatMap(({ images }) => images.map(({ id }) => id)))];
  return ids.map((id) => ({
    id,
    values: facts.losses.map((loss) =>
      mean(
        facts.scores
          .filter((entry) => entry.loss === loss)
          .flatMap((entry) => scoresOf(entry, measure).filter((_, i) => entry.images[i]!.id === id))
          .filter(Number.isFinite),
      ),
    ),
  }));
}

const spread = ({ values }: Case): number => {
  const there = values.filter(Number.isFinite);
  return there.length < 2 ? Number.NaN : Math.max(...there) - Math.min(...there);
};

/**
 * The images that each loss does worst and best on, and those that the losses are at odds over, by the IoU of the
 * foreground.
 * @param facts of the run.
 * @param link to an image's pictures, or undefined where it has none.
 */
export function casesHtml(facts: ReportFacts, link: (id: string) => string | undefined): Html {
  const measure = `iou.${facts.foreground}`;
  const masks = isOfMasks(facts);
  const cases = casesOf(facts, measure);
  if (
    cases.length < 2 ||
    !facts.losses.some((loss) => Number.isFinite(intervalOf(facts, loss, measure).mean))
  )
    return nothing;
  const named = (id: string, value: number): Html => {
    const to = link(id);
    const name = to === undefined ? html`${id}` : html`<a href="#${to}">${id}</a>`;
    return html`<li>${name} <small>${shareText(value)}</small></li>`;
  };
  const list = (all: readonly (readonly [string, number])[]) =>
    html`<ul class="cases">${all.map(([id, value]) => named(id, value))}</ul>`;
  const rows = facts.losses.flatMap((loss, l) => {
    const own = cases
      .map(({ id, values }) => [id, values[l]!] as const)
      .filter(([, value]) => Number.isFinite(value))
      .sort(([, a], [, b]) => a - b);
    if (own.length === 0) return [];
    const best = own.slice(-few).reverse();
    return [
      html`<tr><th scope="row">${lossName(facts.losses, loss)}</th><td>${list(own.slice(0, few))}</td><td>${list(best)}</td></tr>`,
    ];
  });
  const disputed = cases
    .map((entry) => [entry.id, spread(entry)] as const)
    .filter(([, value]) => Number.isFinite(value))
    .sort(([, a], [, b]) => b - a)
    .slice(0, few);
  const table = scrolling(
    'Worst and best images of each loss',
    html`<table class="named"><thead><tr><th scope="col">${masks ? 'Masks of' : 'Trained with'}</th><th scope="col">Worst</th><th scope="col">Best</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  const argued =
    disputed.length === 0 || facts.losses.length < 2
      ? nothing
      : html`<p>Most disputed, by the distance between the best and the worst ${masks ? 'masks' : 'loss'}:</p>${list(disputed)}`;
  return html`<h3>Worst, best and most disputed</h3>${table}${argued}<p class="note">By ${measureTitle(measure)}${masks ? '' : ', a mean over the seeds'}.</p>`;
}

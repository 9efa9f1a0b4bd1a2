import type { ExperimentFact, ExperimentImageFact, ExperimentPictureFact } from '../experiment-facts.js';
import type { ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { experimentCurves } from './experiment-curves.js';
import { lossName, type Section, scrolling } from './markup.js';
import { figureHtml, type Pictures, pictureHtml, pictureStore } from './picture.js';

/**
 * The pictures of the experiment, in the order of their places in the page.
 * @param facts of the run.
 * @param pictures that could be read.
 */
export const experimentPictures = (
  { experiment }: ReportFacts,
  pictures: Pictures,
): ExperimentPictureFact[] => experiment?.pictures.filter(({ name }) => pictures.has(name)) ?? [];

const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;

/** Where every loss began. */
function startText({ from: { loss, epoch, seed } }: ExperimentFact): string {
  return loss === undefined
    ? `the weights before any training (seed ${seed})`
    : `the weights of the network trained with ${loss} at epoch ${epoch} (seed ${seed})`;
}

const parts = { train: 'a training image', validation: 'a validation image', test: 'a test image' } as const;
const rules = { little: 'the least', much: 'the most' } as const;

const about = ({ part, foreground, rule }: ExperimentImageFact, name: string): string =>
  `${parts[part]}; ${percent(foreground)} of its pixels ${name}${rule === undefined ? '' : `, ${rules[rule]} of all training images that have any`}`;

/**
 * Images that were trained on alone, under each loss from the same weights: their pictures through the iterations, and how the
 * losses and the gradient went.
 * @param facts of the run.
 * @param pictures that could be read.
 */
export function experimentSection(facts: ReportFacts, pictures: Pictures): Section {
  const { experiment, losses } = facts;
  const head = { id: 'experiment', title: 'One image, trained on alone' };
  if (experiment === undefined || experiment.images.length === 0) return { ...head, content: nothing };
  const all = experimentPictures(facts, pictures);
  const places = new Map(all.map((picture, place) => [picture, place]));
  const seen = new Set<ExperimentPictureFact>();
  const show = (picture: ExperimentPictureFact) => {
    seen.add(picture);
    return pictureHtml(pictures, picture, places.get(picture));
  };
  const shownImages = [...new Set(all.map(({ sample }) => sample))];
  const blocks = experiment.images.map((image, i) => {
    const own = all.filter(({ sample }) => sample === image.id);
    const base = own.filter(({ loss }) => loss === undefined);
    for (const picture of base) seen.add(picture);
    const left = base.map((picture) => figureHtml(pictures, picture, places.get(picture)));
    const browser =
      own.length === 0
        ? nothing
        : html`<div class="browser" data-image="${shownImages.indexOf(image.id)}"><div class="sample"><div class="base">${left}</div>${filmHtml(image.id, own, losses, show)}</div></div>`;
    const open = i === 0 ? html` open` : nothing;
    return html`<details${open}><summary>Image ${image.id} <small>${about(image, facts.foreground)}</small></summary>${browser}${divergedHtml(experiment, image.id)}${experimentCurves(facts, experiment, image.id)}</details>`;
  });
  const hidden = all.flatMap((picture, place) => (seen.has(picture) ? [] : [[place, picture] as const]));
  return {
    ...head,
    lead: `From ${startText(experiment)}, one image is trained on alone under each loss for ${experiment.iterations} iterations, with nothing else changed but the loss and, where losses have their own, the learning rate. It shows what a loss does to these weights on this image. The image was its own training set: nothing here says how a loss does on others.`,
    content: html`${blocks}${pictureStore(pictures, hidden)}`,
  };
}

/** The predictions of each loss through the iterations; the page's script shows the other kinds in their place. */
function filmHtml(
  id: string,
  own: readonly ExperimentPictureFact[],
  losses: readonly string[],
  show: (picture: ExperimentPictureFact) => Html,
): Html {
  const drawn = own.filter(({ loss }) => loss !== undefined);
  const title = drawn.find(({ group }) => group === 'prediction')?.title ?? drawn[0]?.title;
  const film = drawn.filter((picture) => picture.title === title);
  const steps = [...new Set(film.flatMap(({ iteration }) => iteration ?? []))].sort((a, b) => a - b);
  const rows = losses
    .filter((loss) => film.some((picture) => picture.loss === loss))
    .map((loss) => {
      const cells = steps.map((step) => {
        const picture = film.find((entry) => entry.loss === loss && entry.iteration === step);
        return html`<td>${picture === undefined ? nothing : show(picture)}</td>`;
      });
      return html`<tr><th scope="row">${lossName(losses, loss)}</th>${cells}</tr>`;
    });
  const head = steps.map((step) => html`<th scope="col">${step}</th>`);
  return scrolling(
    `Pictures of image ${id} through the iterations`,
    html`<table class="pictures film"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** Losses whose numbers ceased to be finite on an image. */
function divergedHtml({ runs }: ExperimentFact, id: string): Html {
  const lost = runs.flatMap(({ image, loss, diverged }) =>
    image === id && diverged !== undefined ? [`${loss} at iteration ${diverged}`] : [],
  );
  return lost.length === 0
    ? nothing
    : html`<p class="note">Diverged, so that nothing follows: ${lost.join(', ')}.</p>`;
}

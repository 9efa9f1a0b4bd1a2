import { isOfMasks } from '../data/answer.js';
import { reasonsOf } from '../data/cases.js';
import type { PictureFact, ReportFacts } from '../facts.js';
import { type Html, html, nothing } from '../html.js';
import { casesHtml } from './cases.js';
import { lossName, type Section, savedFigure, scrolling } from './markup.js';
import { figureHtml, type Pictures, pictureHtml, pictureStore } from './picture.js';

interface Row {
  readonly title: string;
  readonly note: string;
  readonly of: (loss: string) => PictureFact | undefined;
}

/** Rows of a sample's table: predictions, differences, confidence, then one for each loss that was mapped. */
function rowsOf(own: readonly PictureFact[]): Row[] {
  const plain = (group: PictureFact['group'], title: string, note: string): Row[] => {
    const there = own.filter((picture) => picture.group === group && picture.loss !== undefined);
    return there.length === 0
      ? []
      : [{ title, note, of: (loss) => there.find((picture) => picture.loss === loss) }];
  };
  const maps = own.filter(({ group, loss }) => group === 'loss' && loss !== undefined);
  const titles = [...new Set(maps.map(({ title }) => title))];
  return [
    ...plain('prediction', 'Prediction', ''),
    ...plain('difference', 'Difference', ''),
    ...plain('confidence', '1 − confidence', 'in the true class'),
    ...titles.map((title) => ({
      title,
      note: 'loss per pixel',
      of: (loss: string) => maps.find((picture) => picture.title === title && picture.loss === loss),
    })),
  ];
}

const legend = html`<ul class="legend"><li><i class="both"></i>truth and prediction</li><li><i class="missed"></i>truth only (missed)</li><li><i class="extra"></i>prediction only (false)</li><li><i class="seismic"></i>1 − confidence, 0 to 1</li><li><i class="jet"></i>loss, low to high</li></ul>`;

/**
 * The pictures of test images, in the order of their places in the page.
 * @param facts of the run.
 * @param pictures that could be read.
 */
export const samplePictures = (facts: ReportFacts, pictures: Pictures): PictureFact[] =>
  facts.pictures.filter(
    ({ group, name, sample }) => group !== 'augmentation' && sample !== undefined && pictures.has(name),
  );

/**
 * What each network makes of a few test images.
 * @param facts of the run.
 * @param pictures that could be read.
 */
export function samplesSection(facts: ReportFacts, pictures: Pictures): Section {
  const { losses } = facts;
  const all = samplePictures(facts, pictures);
  const place = (picture: PictureFact) => all.indexOf(picture);
  // Without scripts only the weights that were scored are shown.
  const shown = all.filter(({ epoch }) => epoch === undefined);
  const others = all.filter(({ epoch }) => epoch !== undefined);
  const store = pictureStore(
    pictures,
    others.map((picture) => [place(picture), picture]),
  );
  const reasons = reasonsOf(facts);
  const ids = [...new Set(shown.flatMap(({ sample }) => sample ?? []))];
  const blocks = ids.map((id, index) => {
    const own = shown.filter(({ sample }) => sample === id);
    const why = reasons.get(id);
    const reason = why === undefined ? nothing : html` <small>${why.join('; ')}</small>`;
    const summary = html`<summary>Image ${id}${reason}</summary>${sampleHtml(id, own, losses, pictures, place)}`;
    const open = index === 0 ? html` open` : nothing;
    return html`<details id="sample-${index}"${open}>${summary}</details>`;
  });
  const link = (id: string) => (ids.includes(id) ? `sample-${ids.indexOf(id)}` : undefined);
  return {
    id: 'samples',
    title: isOfMasks(facts) ? 'Where the masks differ most' : 'What the networks see',
    lead: isOfMasks(facts)
      ? 'The images that are disputed most; a column for each set of masks. Outlines mark the classes. Choose a picture to enlarge it.'
      : 'Test images; a column for each loss that a network was trained with. Outlines mark the classes. Choose a picture to enlarge it.',
    content:
      blocks.length === 0
        ? nothing
        : html`${legend}<div class="browser">${blocks}</div>${store}${casesHtml(facts, link)}`,
  };
}

function sampleHtml(
  id: string,
  own: readonly PictureFact[],
  losses: readonly string[],
  pictures: Pictures,
  place: (picture: PictureFact) => number,
): Html {
  const left = own
    .filter(({ loss }) => loss === undefined)
    .map((picture) => figureHtml(pictures, picture, place(picture)));
  const columns = losses.filter((loss) => own.some((picture) => picture.loss === loss));
  const head = columns.map((loss) => html`<th scope="col">${lossName(losses, loss)}</th>`);
  const body = rowsOf(own).map(({ title, note, of }) => {
    const cells = columns.map((loss) => {
      const picture = of(loss);
      return html`<td>${picture === undefined ? nothing : pictureHtml(pictures, picture, place(picture))}</td>`;
    });
    const about = note === '' ? nothing : html`<small>${note}</small>`;
    return html`<tr><th scope="row">${title}${about}</th>${cells}</tr>`;
  });
  const table = scrolling(
    `Pictures of image ${id}`,
    html`<table class="pictures"><thead><tr><td></td>${head}</tr></thead><tbody>${body}</tbody></table>`,
  );
  const scale = own.find(({ group, caption }) => group === 'loss' && caption !== undefined)?.caption;
  const note = scale === undefined ? nothing : html`<p class="note">${scale}</p>`;
  return html`<div class="sample"><div class="base">${left}</div>${table}</div>${note}`;
}

/** A training image before and after augmentation. */
export function augmentationSection({ pictures: facts }: ReportFacts, pictures: Pictures): Section {
  const shown = facts.filter(({ group, name }) => group === 'augmentation' && pictures.has(name));
  const heads = shown.map(({ title }) => html`<th scope="col">${title}</th>`);
  const cells = shown.map((picture) => html`<td>${pictureHtml(pictures, picture)}</td>`);
  const kinds = shown.find(({ caption }) => caption !== undefined)?.caption;
  const named = kinds === undefined ? nothing : html`: <code>${kinds}</code>`;
  return {
    id: 'augmentation',
    title: 'Augmentation',
    lead: html`A training image with grid lines, before and after${named}. The outline of the mask moves along.`,
    content:
      shown.length === 0
        ? nothing
        : savedFigure(
            'Augmentation',
            scrolling(
              'A training image before and after augmentation',
              html`<table class="pictures"><thead><tr><td></td>${heads}</tr></thead><tbody><tr><th scope="row">Training image</th>${cells}</tr></tbody></table>`,
            ),
            '',
          ),
  };
}

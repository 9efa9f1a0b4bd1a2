import type { ReadPicture } from '../data/read-run.js';
import type { PictureFact, ReportFacts } from '../facts.js';
import { escapeText } from '../figures/svg.js';
import { lossName, scrolling, section } from './markup.js';

type Pictures = ReadonlyMap<string, ReadPicture>;

/** A picture that opens large. */
function pictureHtml(pictures: Pictures, { name, title, loss, sample }: PictureFact): string {
  const picture = pictures.get(name);
  if (picture === undefined) return '';
  const alt = `${title}${loss === undefined ? '' : `, trained with ${loss}`}${sample === undefined ? '' : `, image ${sample}`}`;
  // Few pixels are shown as they are, not blurred.
  const small = picture.width < 100 ? ' class="small"' : '';
  return `<button type="button" class="picture"><img${small} src="${picture.source}" width="${picture.width}" height="${picture.height}" alt="${escapeText(
    alt,
  )}" decoding="async"></button>`;
}

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

/** What each network makes of a few test images. */
export function samplesHtml({ pictures: facts, losses }: ReportFacts, pictures: Pictures): string {
  const shown = facts.filter(({ group, name }) => group !== 'augmentation' && pictures.has(name));
  const ids = [...new Set(shown.flatMap(({ sample }) => sample ?? []))];
  const blocks = ids.map((id, index) => {
    const own = shown.filter(({ sample }) => sample === id);
    const base = own.filter(({ loss }) => loss === undefined);
    const columns = losses.filter((loss) => own.some((picture) => picture.loss === loss));
    const rows = rowsOf(own);
    const left = base
      .map(
        (picture) =>
          `<figure>${pictureHtml(pictures, picture)}<figcaption>${escapeText(picture.title)}</figcaption></figure>`,
      )
      .join('');
    const head = columns.map((loss) => `<th scope="col">${lossName(losses, loss)}</th>`).join('');
    const body = rows.map(({ title, note, of }) => {
      const cells = columns.map((loss) => {
        const picture = of(loss);
        return `<td>${picture === undefined ? '' : pictureHtml(pictures, picture)}</td>`;
      });
      return `<tr><th scope="row">${escapeText(title)}${note === '' ? '' : `<small>${escapeText(note)}</small>`}</th>${cells.join('')}</tr>`;
    });
    const scale = own.find(({ group, caption }) => group === 'loss' && caption !== undefined)?.caption;
    return `<details${index === 0 ? ' open' : ''}><summary>Image ${escapeText(id)}</summary><div class="sample"><div class="base">${left}</div>${scrolling(
      `Pictures of image ${id}`,
      `<table class="pictures"><thead><tr><td></td>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`,
    )}</div>${scale === undefined ? '' : `<p class="note">${escapeText(scale)}</p>`}</details>`;
  });
  if (blocks.length === 0) return '';
  const legend = `<ul class="legend"><li><i class="both"></i>truth and prediction</li><li><i class="missed"></i>truth only (missed)</li><li><i class="extra"></i>prediction only (false)</li><li><i class="seismic"></i>1 − confidence, 0 to 1</li><li><i class="jet"></i>loss, low to high</li></ul>`;
  return section(
    {
      id: 'samples',
      title: 'What the networks see',
      lead: 'Test images; a column for each loss that a network was trained with. Outlines mark the classes. Choose a picture to enlarge it.',
    },
    legend + blocks.join(''),
  );
}

/** A training image before and after augmentation. */
export function augmentationHtml({ pictures: facts }: ReportFacts, pictures: Pictures): string {
  const shown = facts.filter(({ group, name }) => group === 'augmentation' && pictures.has(name));
  if (shown.length === 0) return '';
  const figures = shown.map(
    (picture) =>
      `<figure>${pictureHtml(pictures, picture)}<figcaption>${escapeText(picture.title)}</figcaption></figure>`,
  );
  const kinds = shown.find(({ caption }) => caption !== undefined)?.caption;
  return section(
    {
      id: 'augmentation',
      title: 'Augmentation',
      lead: `A training image with grid lines, before and after${
        kinds === undefined ? '' : `: <code>${escapeText(kinds)}</code>`
      }. The outline of the mask moves along.`,
    },
    `<div class="before-after">${figures.join('')}</div>`,
  );
}

import type { PageData } from '../data/page-data.js';
import { lossVariable } from '../sections/markup.js';
import type { BrowserPicture } from './browser-picture.js';
import { pictureDialog } from './picture-dialog.js';
import { mountPictures } from './pictures.js';

/**
 * The picture browser in place of the pictures that stand there without scripts; the pictures themselves come from the page.
 * @param data of the page.
 */
export function connectPictures({ losses, pictures }: PageData): void {
  const place = document.querySelector<HTMLElement>('#samples .browser');
  const store = document.querySelector<HTMLTemplateElement>('#picture-store');
  const augmentation = document.querySelector<HTMLElement>('#augmentation');
  if (augmentation) augmentation.append(pictureDialog(augmentation, new AbortController().signal).element);
  if (!place) return;
  const shown = pictures.flatMap(({ place: at, values, ...about }): BrowserPicture[] => {
    const selector = `button.picture[data-place="${at}"]`;
    const button =
      place.querySelector<HTMLElement>(selector) ?? store?.content.querySelector<HTMLElement>(selector);
    const image = button?.querySelector('img');
    if (!button || !image) return [];
    const { packed } = button.dataset;
    return [
      {
        ...about,
        source: image.src,
        width: Number(image.getAttribute('width')),
        height: Number(image.getAttribute('height')),
        ...(values && packed !== undefined && { values: { ...values, source: packed } }),
      },
    ];
  });
  const ids = [...new Set(shown.map(({ sample }) => sample))];
  mountPictures(place, {
    pictures: shown,
    losses,
    colours: losses.map((_, i) => lossVariable(i)),
    anchors: Object.fromEntries(ids.map((id, i) => [id, `sample-${i}`])),
  });
}

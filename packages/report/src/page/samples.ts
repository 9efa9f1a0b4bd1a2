import type { PageData, PagePicture } from '../data/page-data.js';
import { lossVariable } from '../sections/markup.js';
import type { BrowserPicture } from './browser-picture.js';
import { pictureDialog } from './picture-dialog.js';
import { mountPictures } from './pictures.js';

/** The pictures of a section as they stand in the page, in the figures that need no script or in its store. */
function standing(section: HTMLElement, pictures: readonly PagePicture[]): BrowserPicture[] {
  const stores = [...section.querySelectorAll<HTMLTemplateElement>('.picture-store')];
  const buttons = new Map(
    [section, ...stores.map(({ content }) => content)].flatMap((root) =>
      [...root.querySelectorAll<HTMLElement>('button.picture[data-place]')].map(
        (button) => [Number(button.dataset.place), button] as const,
      ),
    ),
  );
  return pictures.flatMap(({ place, values, ...about }): BrowserPicture[] => {
    const button = buttons.get(place);
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
}

/**
 * The picture browser in place of the pictures that stand there without scripts; the pictures themselves come from the page.
 * @param data of the page.
 */
export function connectPictures({ losses, pictures, reasons }: PageData): void {
  const section = document.querySelector<HTMLElement>('#samples');
  const place = section?.querySelector<HTMLElement>('.browser');
  const augmentation = document.querySelector<HTMLElement>('#augmentation');
  if (augmentation) augmentation.append(pictureDialog(augmentation, new AbortController().signal).element);
  if (!section || !place) return;
  const shown = standing(section, pictures);
  const ids = [...new Set(shown.map(({ sample }) => sample))];
  mountPictures(place, {
    pictures: shown,
    losses,
    colours: losses.map((_, i) => lossVariable(i)),
    anchors: Object.fromEntries(ids.map((id, i) => [id, `sample-${i}`])),
    save: true,
    ...(reasons && { reasons }),
  });
}

/**
 * The images of the single-image experiment, each with its slider over the iterations; an image that is folded away is
 * filled when it is unfolded.
 * @param data of the page.
 */
export function connectExperiment({ losses, experiment = [] }: PageData): void {
  const section = document.querySelector<HTMLElement>('#experiment');
  if (!section || experiment.length === 0) return;
  const all = standing(section, experiment);
  const ids = [...new Set(all.map(({ sample }) => sample))];
  for (const place of section.querySelectorAll<HTMLElement>('.browser')) {
    const pictures = all.filter(({ sample }) => sample === ids[Number(place.dataset.image)]);
    const mount = () =>
      mountPictures(place, {
        pictures,
        losses,
        colours: losses.map((_, i) => lossVariable(i)),
        along: 'iteration',
        folded: false,
        save: true,
      });
    const fold = place.closest('details');
    if (!fold || fold.open) mount();
    else fold.addEventListener('toggle', mount, { once: true });
  }
}

import type { BrowserPicture } from './browser-picture.js';
import { mapsCsv } from './map-values.js';
import { pictureSheet } from './picture-sheet.js';
import { type Along, type Step, stepText } from './picture-steps.js';
import type { SavedFigure } from './saving.js';

/** What is shown of an image. */
interface ShownImage {
  readonly sample: string;
  /** All its pictures. */
  readonly pictures: readonly BrowserPicture[];
  /** Those of networks that are shown. */
  readonly table: HTMLTableElement;
  /** The image itself and its truth. */
  readonly base: readonly HTMLElement[];
  readonly along: Along;
  /** The kind of picture that is shown through all moments; or the moment that is, where there are several. */
  readonly film: string | undefined;
  readonly step: Step;
  readonly several: boolean;
}

/** An image with what each network makes of it as one figure, and the numbers of its maps. */
export function savedImage(shown: ShownImage): SavedFigure {
  const { sample, pictures, table, base, along, film, step, several } = shown;
  const moment = film ?? (several ? `${along} ${stepText(step)}` : undefined);
  const title = ['Image', sample, moment].filter(Boolean).join(' ');
  const seen = pictures.filter(({ title: own, epoch }) =>
    film === undefined ? epoch === step : own === film,
  );
  return {
    title,
    drawn: () => pictureSheet(table, title, base),
    ...(seen.some(({ values }) => values) && { table: () => mapsCsv(seen, along) }),
  };
}

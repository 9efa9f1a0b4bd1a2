import type { BrowserPicture } from './browser-picture.js';
import { made } from './mounted.js';
import { type Step, stepText } from './picture-steps.js';

/** What a table of pictures needs of the part around it. */
export interface TableParts {
  /** Rows or columns. */
  readonly losses: readonly string[];
  /** CSS colour of a loss, where it has one. */
  readonly colourOf: (loss: string) => string | undefined;
  /** A picture that opens large. */
  readonly button: (picture: BrowserPicture) => HTMLElement;
  /** What stands where there is no picture of a kind and a loss. */
  readonly gapOf: (place: { readonly loss: string; readonly title: string }) => string;
}

const lossHead = (loss: string, colour: string | undefined): HTMLElement => {
  const mark = made('i');
  if (colour !== undefined) mark.style.background = colour;
  return made('span', { class: 'loss' }, mark, loss);
};

const cell = (
  { button, gapOf }: TableParts,
  place: { readonly loss: string; readonly title: string },
  among: readonly BrowserPicture[],
) => {
  const picture = among.find(({ title, loss }) => title === place.title && loss === place.loss);
  return picture ? made('td', {}, button(picture)) : made('td', { class: 'absent' }, gapOf(place));
};

const table = (kind: string, heads: readonly Node[], rows: readonly Node[]) =>
  made(
    'table',
    { class: `pictures ${kind}` },
    made('thead', {}, made('tr', {}, made('td'), ...heads)),
    made('tbody', {}, ...rows),
  );

/**
 * One moment: a row for each kind of picture, a column for each loss.
 * @param titles of the kinds.
 * @param own pictures of the moment.
 */
export const kindsTable = (
  parts: TableParts,
  titles: readonly string[],
  own: readonly BrowserPicture[],
): HTMLTableElement =>
  table(
    'kinds',
    parts.losses.map((loss) => made('th', { scope: 'col' }, lossHead(loss, parts.colourOf(loss)))),
    titles.map((title) =>
      made(
        'tr',
        {},
        made('th', { scope: 'row' }, title),
        ...parts.losses.map((loss) => cell(parts, { loss, title }, own)),
      ),
    ),
  );

/**
 * One kind of picture through all moments: a row for each loss, a column for each moment.
 * @param steps the moments.
 * @param title of the kind.
 * @param own pictures of the image.
 */
export function filmTable(
  parts: TableParts,
  steps: readonly Step[],
  title: string,
  own: readonly BrowserPicture[],
): HTMLTableElement {
  const at = new Map(steps.map((step) => [step, own.filter(({ epoch }) => epoch === step)]));
  return table(
    'film',
    steps.map((step) => made('th', { scope: 'col' }, stepText(step))),
    parts.losses.map((loss) =>
      made(
        'tr',
        {},
        made('th', { scope: 'row' }, lossHead(loss, parts.colourOf(loss))),
        ...steps.map((step) => cell(parts, { loss, title }, at.get(step) ?? [])),
      ),
    ),
  );
}

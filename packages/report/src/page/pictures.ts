import type { BrowserPicture } from './browser-picture.js';
import { mapColours } from './map-colours.js';
import type { MapScale } from './map-scales.js';
import { dress, type Mounted, made } from './mounted.js';
import { pictureDialog } from './picture-dialog.js';
import { type Along, type Step, stepSlider } from './picture-steps.js';
import { filmTable, kindsTable, type TableParts } from './picture-tables.js';
import { savedImage } from './saved-image.js';
import { savingRow } from './saving.js';

/** Pictures to browse. */
export interface PicturesData {
  readonly pictures: readonly BrowserPicture[];
  /** Columns, in order. Default as they appear. */
  readonly losses?: readonly string[];
  /** CSS colour of each loss, beside its name. */
  readonly colours?: readonly string[];
  /** Of the loss maps that keep their numbers. Default `'percentile'`. */
  readonly scale?: MapScale;
  /** Element ids of the images, for links. */
  readonly anchors?: Readonly<Record<string, string>>;
  /** Why an image is shown, in words, by image. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** What the `epoch` of a picture counts. Default `'epoch'`. */
  readonly along?: Along;
  /** Whether each image can be folded away under its name. Default true. */
  readonly folded?: boolean;
  /** Offer each image's pictures as SVG and PNG, the numbers of its maps as CSV. Default false. */
  readonly save?: boolean;
}

const scales: readonly (readonly [MapScale, string])[] = [
  ['percentile', 'linear, up to a percentile'],
  ['linear', 'linear'],
  ['logarithmic', 'logarithmic'],
];

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

const own = (of: Readonly<Record<string, string>> | undefined, name: string): string | undefined =>
  of && Object.hasOwn(of, name) ? of[name] : undefined;

/** The moments that networks have pictures of, in order; the scored weights come last. */
function stepsOf(pictures: readonly BrowserPicture[]): Step[] {
  const drawn = pictures.filter(({ loss }) => loss !== undefined);
  const known = distinct(drawn.flatMap(({ epoch }) => epoch ?? [])).sort((a, b) => a - b);
  const scored = known.length === 0 || drawn.some(({ epoch }) => epoch === undefined);
  return scored ? [...known, undefined] : known;
}

/**
 * Images with what each network makes of them: a row for each kind of picture, a column for each loss; a choice of the scale
 * of the loss maps, a slider through the epochs where there are several or all of them side by side, and every picture large
 * by a click.
 * @param element emptied and filled.
 * @param data to show.
 * @returns `update` to show other data, `dispose` to end.
 */
export function mountPictures(element: HTMLElement, data: PicturesData): Mounted<PicturesData> {
  dress(element);
  const stop = new AbortController();
  const { signal } = stop;
  const dialog = pictureDialog(element, signal);
  const select = made('select', {}, ...scales.map(([value, text]) => made('option', { value }, text)));
  const view = made('select');
  const scaleLabel = made('label', {}, 'Scale of the maps ', select);
  const viewLabel = made('label', {}, 'Show ', view);
  const slider = stepSlider(() => draw(), signal);
  const body = made('div');
  let shown = data;
  let scale: MapScale = data.scale ?? 'percentile';
  let steps: Step[] = [];
  let titles: string[] = [];
  let round = 0;
  let colours = mapColours();
  const places = new Map<BrowserPicture, HTMLImageElement>();
  const along = () => shown.along ?? 'epoch';
  /** The kind that is shown through all moments; undefined while one moment is shown. */
  const film = () => titles[view.selectedIndex - 1];

  const build = () => {
    const { pictures } = shown;
    steps = stepsOf(pictures);
    titles = distinct(pictures.flatMap(({ loss, title }) => (loss === undefined ? [] : [title])));
    scaleLabel.hidden = !pictures.some(({ values }) => values);
    viewLabel.hidden = steps.length < 2;
    view.replaceChildren(
      made('option', {}, `one ${along()}, all kinds`),
      ...titles.map((title) => made('option', {}, `${title}, all ${along()}s`)),
    );
    select.value = scale;
    slider.show(steps, along());
    const controls = made('div', { class: 'player-controls' }, scaleLabel, viewLabel, slider.element);
    element.replaceChildren(controls, body, dialog.element);
    draw();
  };
  const draw = () => {
    round++;
    places.clear();
    slider.element.hidden = steps.length < 2 || film() !== undefined;
    const open = new Map(
      [...body.querySelectorAll<HTMLDetailsElement>('details[data-sample]')].map((details) => [
        details.dataset.sample,
        details.open,
      ]),
    );
    body.replaceChildren(
      ...distinct(shown.pictures.map(({ sample }) => sample)).map((sample, i) =>
        imageOf(sample, open.get(sample) ?? i === 0),
      ),
    );
  };
  /** An image with its table, folded or not. */
  const imageOf = (sample: string, isOpen: boolean): HTMLElement => {
    const all = shown.pictures.filter((picture) => picture.sample === sample);
    const base = all
      .filter(({ loss }) => loss === undefined)
      .map((picture) => made('figure', {}, button(picture), made('figcaption', {}, picture.title)));
    const region = {
      class: 'scroll',
      role: 'region',
      tabindex: '0',
      'aria-label': `Pictures of image ${sample}`,
    };
    const note = made('p', { class: 'note words' });
    const table = tableOf(all);
    const saved = () =>
      savedImage({
        ...{ sample, pictures: all, table, base, along: along() },
        ...{ film: film(), step: slider.at(), several: steps.length > 1 },
      });
    const content = [
      made('div', { class: 'sample' }, made('div', { class: 'base' }, ...base), made('div', region, table)),
      note,
      ...(shown.save ? [savingRow(saved)] : []),
    ];
    const anchor = own(shown.anchors, sample);
    const about = { 'data-sample': sample, ...(anchor !== undefined && { id: anchor }) };
    if (shown.folded === false) {
      void recolour(all, note);
      return made('div', about, ...content);
    }
    const reason = own(shown.reasons, sample);
    const why = reason === undefined ? [] : [' ', made('small', {}, reason)];
    const details = made('details', about, made('summary', {}, `Image ${sample}`, ...why), ...content);
    details.addEventListener('toggle', () => details.open && void recolour(all, note), {
      once: true,
      signal,
    });
    details.open = isOpen;
    return details;
  };
  /** Rows and columns stay as the slider moves, whatever a moment lacks. */
  const tableOf = (all: readonly BrowserPicture[]): HTMLTableElement => {
    const losses = shown.losses ?? distinct(shown.pictures.flatMap(({ loss }) => loss ?? []));
    const parts: TableParts = {
      losses: losses.filter((loss) => all.some((picture) => picture.loss === loss)),
      colourOf: (loss) => shown.colours?.[losses.indexOf(loss)],
      button,
      gapOf: ({ loss, title }) => {
        if (steps.length < 2 || (film() === undefined && slider.at() === undefined)) return '';
        const ever = all.some((picture) => picture.loss === loss && picture.title === title);
        return ever ? `none of this ${along()}` : 'none';
      },
    };
    const kind = film();
    if (kind === undefined) {
      const at = slider.at();
      const there = titles.filter((title) => all.some((picture) => picture.title === title));
      return kindsTable(
        parts,
        there,
        all.filter(({ epoch }) => epoch === at),
      );
    }
    return filmTable(parts, steps, kind, all);
  };
  const button = (picture: BrowserPicture): HTMLButtonElement => {
    const { title, loss, sample, source, width, height, epoch } = picture;
    const of = [loss, epoch === undefined ? undefined : `${along()} ${epoch}`].filter(Boolean).join(', ');
    const alt = `${title}${of === '' ? '' : ` (${of})`}, image ${sample}`;
    const image = made('img', {
      class: width < 100 ? 'small' : 'plain',
      src: source,
      width: String(width),
      height: String(height),
      alt,
    });
    places.set(picture, image);
    return made('button', { type: 'button', class: 'picture' }, image);
  };
  /** Colours the maps of an image on the chosen scale, all its moments and networks together. */
  const recolour = async (all: readonly BrowserPicture[], note: HTMLElement) => {
    if (!all.some(({ values }) => values)) return;
    const current = round;
    const { sourceOf, words } = await colours(all, scale);
    if (current !== round || signal.aborted) return;
    for (const picture of all) {
      const image = places.get(picture);
      const source = image && sourceOf(picture);
      if (image && source !== undefined) image.src = source;
    }
    note.textContent = words;
    element.dataset.coloured = scale;
  };
  select.addEventListener(
    'change',
    () => {
      scale = scales[select.selectedIndex]?.[0] ?? 'percentile';
      draw();
    },
    { signal },
  );
  view.addEventListener(
    'change',
    () => {
      slider.pause();
      draw();
    },
    { signal },
  );
  build();
  return {
    update(next) {
      shown = next;
      scale = next.scale ?? scale;
      colours = mapColours();
      build();
    },
    dispose() {
      stop.abort();
      element.replaceChildren();
    },
  };
}

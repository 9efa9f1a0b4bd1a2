import type { BrowserPicture } from './browser-picture.js';
import { coloured, type MapScale } from './map-scales.js';
import { dress, type Mounted, made } from './mounted.js';
import { pictureDialog } from './picture-dialog.js';

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
}

const scales: readonly (readonly [MapScale, string])[] = [
  ['percentile', 'linear, up to a percentile'],
  ['linear', 'linear'],
  ['logarithmic', 'logarithmic'],
];

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

/**
 * Images with what each network makes of them: a row for each kind of picture, a column for each loss; a choice of the scale
 * of the loss maps, a slider through the epochs where there are several, and every picture large by a click.
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
  const slider = made('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Epoch of the pictures' });
  const output = made('output');
  const scaleLabel = made('label', {}, 'Scale of the loss maps ', select);
  const epochLabel = made('label', { class: 'along' }, 'Epoch ', slider, output);
  const body = made('div');
  let shown = data;
  let scale: MapScale = data.scale ?? 'percentile';
  let epochs: (number | undefined)[] = [];
  let round = 0;

  const build = () => {
    const { pictures } = shown;
    scaleLabel.hidden = !pictures.some(({ values }) => values);
    const known = distinct(pictures.flatMap(({ epoch }) => epoch ?? [])).sort((a, b) => a - b);
    epochs = [...known, undefined];
    epochLabel.hidden = known.length === 0;
    slider.max = String(known.length);
    slider.value = slider.max;
    select.value = scale;
    element.replaceChildren(
      made('div', { class: 'player-controls' }, scaleLabel, epochLabel),
      body,
      dialog.element,
    );
    draw();
  };
  const draw = () => {
    round++;
    const epoch = epochs[Number(slider.value)];
    output.value = epoch === undefined ? 'as scored' : String(epoch);
    slider.setAttribute('aria-valuetext', output.value);
    const open = new Map(
      [...body.querySelectorAll('details')].map((details) => [details.dataset.sample, details.open]),
    );
    body.replaceChildren(
      ...distinct(shown.pictures.map(({ sample }) => sample)).map((sample, i) => {
        const details = sampleOf(sample, epoch);
        details.open = open.get(sample) ?? i === 0;
        return details;
      }),
    );
  };
  const sampleOf = (sample: string, epoch: number | undefined): HTMLDetailsElement => {
    const all = shown.pictures.filter((picture) => picture.sample === sample);
    const own = all.filter((picture) => picture.loss === undefined || picture.epoch === epoch);
    // Rows and columns stay as the slider moves, whatever an epoch lacks.
    const losses = (shown.losses ?? distinct(all.flatMap(({ loss }) => loss ?? []))).filter((loss) =>
      all.some((picture) => picture.loss === loss),
    );
    const titles = distinct(all.flatMap(({ loss, title }) => (loss === undefined ? [] : [title])));
    const head = losses.map((loss) => {
      const mark = made('i');
      const colour = shown.colours?.[(shown.losses ?? losses).indexOf(loss)];
      if (colour !== undefined) mark.style.background = colour;
      return made('th', { scope: 'col' }, made('span', { class: 'loss' }, mark, loss));
    });
    const rows = titles.map((title) =>
      made(
        'tr',
        {},
        made('th', { scope: 'row' }, title),
        ...losses.map((loss) => {
          const picture = own.find((candidate) => candidate.title === title && candidate.loss === loss);
          return picture
            ? made('td', {}, button(picture))
            : made('td', { class: 'absent' }, epoch === undefined ? '' : 'none of this epoch');
        }),
      ),
    );
    const base = own
      .filter(({ loss }) => loss === undefined)
      .map((picture) => made('figure', {}, button(picture), made('figcaption', {}, picture.title)));
    const table = made(
      'table',
      { class: 'pictures' },
      made('thead', {}, made('tr', {}, made('td'), ...head)),
      made('tbody', {}, ...rows),
    );
    const region = {
      class: 'scroll',
      role: 'region',
      tabindex: '0',
      'aria-label': `Pictures of image ${sample}`,
    };
    const note = made('p', { class: 'note words' });
    const details = made(
      'details',
      { 'data-sample': sample },
      made('summary', {}, `Image ${sample}`),
      made('div', { class: 'sample' }, made('div', { class: 'base' }, ...base), made('div', region, table)),
      note,
    );
    const anchor = shown.anchors && Object.hasOwn(shown.anchors, sample) ? shown.anchors[sample] : undefined;
    if (anchor !== undefined) details.id = anchor;
    const colour = () => {
      if (details.open) void recolour(details, all, own, note);
    };
    details.addEventListener('toggle', colour, { once: true, signal });
    return details;
  };
  const button = (picture: BrowserPicture): HTMLButtonElement => {
    const { title, loss, sample, source, width, height, epoch } = picture;
    const of = [loss, epoch === undefined ? undefined : `epoch ${epoch}`].filter(Boolean).join(', ');
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
  const places = new Map<BrowserPicture, HTMLImageElement>();
  /** By scale and image: a slider comes by the same maps again. */
  const colourings = new Map<string, ReturnType<typeof coloured>>();
  /** Colours the maps of an image on the chosen scale, all its epochs and networks together. */
  const recolour = async (
    details: HTMLElement,
    all: readonly BrowserPicture[],
    own: readonly BrowserPicture[],
    note: HTMLElement,
  ) => {
    if (!all.some(({ values }) => values)) return;
    const current = round;
    const key = JSON.stringify([scale, all[0]?.sample]);
    const found = colourings.get(key) ?? coloured(all, scale);
    colourings.set(key, found);
    const { sources, words } = await found;
    if (current !== round || signal.aborted) return;
    for (const picture of own) {
      const source = sources.get(picture);
      const image = places.get(picture);
      if (source !== undefined && image && details.contains(image)) image.src = source;
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
  slider.addEventListener('input', draw, { signal });
  build();
  return {
    update(next) {
      shown = next;
      scale = next.scale ?? scale;
      places.clear();
      colourings.clear();
      build();
    },
    dispose() {
      stop.abort();
      element.replaceChildren();
    },
  };
}

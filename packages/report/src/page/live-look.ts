import { fromBase64 } from '../data/base64.js';
import { shortNumber } from '../figures/scale.js';
import { made } from './mounted.js';

/** A place of a surface of the run. */
interface LivePlace {
  readonly surface: string;
  readonly x: number;
  readonly y: number;
}

/** What `segscape report --live` answers. */
interface Answer {
  readonly image: string;
  readonly losses: Readonly<Record<string, number>>;
  /** PNG in base64. */
  readonly pictures: readonly { readonly title: string; readonly png: string }[];
}

/** Below a surface: what its network, with the weights of a place, makes of a test image. */
export interface LiveLook {
  readonly element: HTMLElement;
  /** Asks for a place; what was asked for before is no longer waited for. */
  look(place: LivePlace): void;
  /** Another surface is shown. */
  clear(): void;
}

/** @param address that the page was served from. */
async function asked({ surface, x, y }: LivePlace, image: number, signal: AbortSignal): Promise<Answer> {
  const query = new URLSearchParams({ surface, x: String(x), y: String(y), image: String(image) });
  const response = await fetch(`look?${query}`, { signal });
  const answer = (await response.json()) as Answer & { readonly error?: string };
  if (!response.ok) throw new Error(answer.error ?? `the answer was ${response.status}`);
  return answer;
}

/** Its address is given back once the picture is read. */
function pictureOf(png: string, alt: string): HTMLImageElement {
  const address = URL.createObjectURL(new Blob([fromBase64(png)], { type: 'image/png' }));
  const image = made('img', { src: address, alt });
  for (const end of ['load', 'error']) image.addEventListener(end, () => URL.revokeObjectURL(address));
  return image;
}

/**
 * The place for what is seen from a surface.
 * @param images names of the test images.
 * @param label of the surface, for screen readers.
 */
export function liveLook(images: readonly string[], label: string): LiveLook {
  const choice = made('select', { 'aria-label': `Image seen from the ${label} surface` });
  choice.append(...images.map((name) => made('option', {}, name)));
  const status = made(
    'p',
    { role: 'status' },
    'Click a place, and what the network makes of an image there is shown here.',
  );
  const pictures = made('div', { class: 'live-pictures' });
  const element = made(
    'div',
    { class: 'live' },
    made('div', { class: 'controls' }, made('label', {}, 'Test image ', choice)),
    status,
    pictures,
  );
  let place: LivePlace | undefined;
  let waiting: AbortController | undefined;

  const show = ({ losses, pictures: seen }: Answer) => {
    const values = Object.entries(losses).map(([loss, value]) => `${loss} ${shortNumber(value)}`);
    status.textContent = `On this image alone: ${values.join(', ')}.`;
    pictures.replaceChildren(
      ...seen.map(({ title, png }) =>
        made('figure', {}, pictureOf(png, title), made('figcaption', {}, title)),
      ),
    );
  };
  const ask = async () => {
    if (place === undefined) return;
    waiting?.abort();
    const own = new AbortController();
    waiting = own;
    status.textContent = 'Looking …';
    try {
      show(await asked(place, choice.selectedIndex, own.signal));
    } catch (error) {
      if (own.signal.aborted) return;
      pictures.replaceChildren();
      status.textContent = `It could not be seen: ${(error as Error).message}`;
    }
  };
  choice.addEventListener('change', () => void ask());
  return {
    element,
    look(next) {
      place = next;
      void ask();
    },
    clear() {
      waiting?.abort();
      place = undefined;
      pictures.replaceChildren();
      status.textContent = 'Click a place of this surface.';
    },
  };
}

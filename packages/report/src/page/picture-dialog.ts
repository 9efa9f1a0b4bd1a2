import { made } from './mounted.js';

/** Nothing is enlarged beyond this. */
const largest = 16;

/**
 * A dialog that shows the pictures of a place large: a click opens one, arrow keys go to its neighbours, plus and minus (or
 * the wheel) zoom, and the enlarged picture scrolls.
 * @param root whose `button.picture` open it; it need not hold the dialog.
 * @param signal ends the listening.
 * @returns the dialog, for the page to hold.
 */
export function pictureDialog(
  root: HTMLElement,
  signal: AbortSignal,
): { readonly element: HTMLDialogElement } {
  const image = made('img', { alt: '' });
  const words = made('p');
  const closing = made('button', { type: 'button' }, 'Close');
  const nearer = made('button', { type: 'button', 'aria-label': 'Larger' }, '+');
  const farther = made('button', { type: 'button', 'aria-label': 'Smaller' }, '−');
  const frame = made(
    'div',
    { class: 'zoomed', tabindex: '0', role: 'region', 'aria-label': 'Picture' },
    image,
  );
  const bar = made('div', { class: 'zoom-bar' }, nearer, farther, closing);
  const dialog = made('dialog', { class: 'enlarged', 'aria-label': 'Enlarged picture' }, bar, frame, words);
  let shown: HTMLElement | undefined;
  let zoom = 1;
  const show = (button: HTMLElement) => {
    const picture = button.querySelector('img')!;
    shown = button;
    image.src = picture.src;
    image.alt = words.textContent = picture.alt;
  };
  const scaled = (to: number) => {
    zoom = Math.max(1, Math.min(largest, to));
    image.style.width = zoom === 1 ? '' : `calc(min(80vw, 70vh) * ${zoom})`;
  };
  root.addEventListener(
    'click',
    ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>('button.picture') : null;
      if (!button) return;
      show(button);
      scaled(1);
      dialog.showModal();
    },
    { signal },
  );
  closing.addEventListener('click', () => dialog.close(), { signal });
  nearer.addEventListener('click', () => scaled(zoom * 1.5), { signal });
  farther.addEventListener('click', () => scaled(zoom / 1.5), { signal });
  dialog.addEventListener('click', ({ target }) => target === dialog && dialog.close(), { signal });
  dialog.addEventListener('close', () => shown?.focus(), { signal });
  frame.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      scaled(zoom * (event.deltaY < 0 ? 1.2 : 1 / 1.2));
    },
    { signal, passive: false },
  );
  dialog.addEventListener(
    'keydown',
    (event) => {
      if (event.key === '+' || event.key === '=') scaled(zoom * 1.5);
      if (event.key === '-') scaled(zoom / 1.5);
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step === 0 || !shown || zoom > 1) return;
      const all = [...root.querySelectorAll<HTMLElement>('button.picture')].filter(
        (button) => button.offsetParent !== null,
      );
      show(all[(all.indexOf(shown) + step + all.length) % all.length]!);
    },
    { signal },
  );
  return { element: dialog };
}

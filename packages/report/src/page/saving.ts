import { fileName } from '../figures/file-name.js';
import { made } from './mounted.js';
import { paperPng, paperSvg, seenPng } from './paper-svg.js';
import { pictureSheet } from './picture-sheet.js';

/** A figure that can be saved; what it holds is asked for when it is. */
export interface SavedFigure {
  /** Names the files. */
  readonly title: string;
  /** The numbers that are drawn, as CSV, where there are some. */
  readonly table?: () => string | Promise<string>;
  /** The figure in the page. */
  readonly drawn?: () => SVGSVGElement | null;
  /** Its three dimensions. */
  readonly solid?: () => HTMLCanvasElement | null;
}

/**
 * Hands a file to the reader.
 * @param name that the browser proposes.
 * @param file what it holds.
 */
export function saveFile(name: string, file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

interface Choice {
  readonly text: string;
  readonly ending: string;
  readonly make: (figure: SavedFigure) => Promise<Blob | undefined>;
}

const svgOf = async ({ drawn }: SavedFigure) => {
  const svg = drawn?.();
  return svg ? new Blob([paperSvg(svg)], { type: 'image/svg+xml' }) : undefined;
};
const pngOf = async ({ drawn }: SavedFigure) => {
  const svg = drawn?.();
  return svg ? paperPng(svg) : undefined;
};
const solidOf = async ({ solid }: SavedFigure) => {
  const canvas = solid?.();
  return canvas ? seenPng(canvas) : undefined;
};
const tableOf = async ({ table }: SavedFigure) => table && new Blob([await table()], { type: 'text/csv' });

/**
 * A button that unfolds the files a figure can be saved as: SVG and PNG in the colours of paper, its three dimensions as they
 * are seen, its numbers as CSV.
 * @param figure asked when a file is chosen, so that it may change until then.
 * @returns the element, to stand below the figure.
 */
export function savingRow(figure: () => SavedFigure): HTMLElement {
  const { drawn, solid, table } = figure();
  const choices: Choice[] = [
    ...(drawn
      ? [
          { text: 'SVG', ending: '.svg', make: svgOf },
          { text: 'PNG', ending: '.png', make: pngOf },
        ]
      : []),
    ...(solid
      ? [{ text: drawn ? '3-D PNG' : 'PNG', ending: drawn ? '-3d.png' : '.png', make: solidOf }]
      : []),
    ...(table ? [{ text: 'CSV', ending: '.csv', make: tableOf }] : []),
  ];
  const summary = made('summary', {}, 'Save');
  const buttons = choices.map(({ text, ending, make }) => {
    const button = made('button', { type: 'button' }, text);
    button.addEventListener('click', async () => {
      const chosen = figure();
      const file = await make(chosen);
      if (file) saveFile(`${fileName(chosen.title)}${ending}`, file);
    });
    return button;
  });
  const row = made('details', { class: 'save' }, summary, made('div', {}, ...buttons));
  const name = () => {
    const { title } = figure();
    summary.setAttribute('aria-label', `Save: ${title}`);
    for (const [i, button] of buttons.entries())
      button.setAttribute('aria-label', `${choices[i]!.text} of ${title}`);
  };
  // A figure may be called otherwise when it has been redrawn.
  row.addEventListener('focusin', name);
  row.addEventListener('pointerenter', name);
  name();
  return row;
}

/** Offers the figures that no part redraws, with the tables that stand beside them. */
export function connectFigures(): void {
  for (const figure of document.querySelectorAll<HTMLElement>('figure[data-title]')) {
    const table = figure.querySelector('template')?.content.textContent ?? '';
    const pictures = figure.querySelector('table');
    const title = figure.dataset.title ?? '';
    figure.append(
      savingRow(() => ({
        title,
        ...(table !== '' && { table: () => table }),
        drawn: () => (pictures ? pictureSheet(pictures, title) : figure.querySelector('svg')),
      })),
    );
  }
}

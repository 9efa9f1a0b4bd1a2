import { paperStyle } from '../figures/style.js';
import { lossColours } from '../pictures/colours.js';

/** Custom properties of the page on paper. */
const onPaper = new Map([
  ['--rule', paperStyle.rule],
  ['--ink', paperStyle.ink],
  ...lossColours.map((colour, i) => [`--loss-${i}`, colour] as const),
]);

/** Pixels of a saved picture for one of the figure. */
const scale = 3;

/**
 * A figure of a page as a document of its own, in the colours of paper whatever the page's scheme: no custom property and
 * no inherited colour is left in it.
 * @param svg as it stands in the page.
 * @returns the file's text.
 */
export function paperSvg(svg: SVGSVGElement): string {
  const style = getComputedStyle(svg.isConnected ? svg : document.documentElement);
  const resolved = (text: string) =>
    text
      .replace(
        /var\((--[\w-]+)\)/g,
        (_, name: string) => onPaper.get(name) ?? style.getPropertyValue(name).trim(),
      )
      .replaceAll('currentColor', paperStyle.ink);
  const copy = svg.cloneNode(true) as SVGSVGElement;
  for (const element of [copy, ...copy.querySelectorAll('*')])
    for (const { name, value } of [...element.attributes])
      if (/var\(|currentColor/.test(value)) element.setAttribute(name, resolved(value));
  const { width, height } = svg.viewBox.baseVal;
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ width, height, fill: paperStyle.background }))
    back.setAttribute(name, String(value));
  copy.insertBefore(back, copy.querySelector('title')?.nextSibling ?? copy.firstChild);
  return new XMLSerializer().serializeToString(copy);
}

const pngOf = (canvas: HTMLCanvasElement): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The browser made no PNG.'))),
      'image/png',
    ),
  );

/**
 * The same figure as a PNG.
 * @param svg as it stands in the page.
 */
export async function paperPng(svg: SVGSVGElement): Promise<Blob> {
  const source = URL.createObjectURL(new Blob([paperSvg(svg)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    const { width, height } = svg.viewBox.baseVal;
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await pngOf(canvas);
  } finally {
    URL.revokeObjectURL(source);
  }
}

/**
 * A canvas as it is seen, with what lies behind it.
 * @param canvas drawn, its place behind it.
 */
export function seenPng(canvas: HTMLCanvasElement): Promise<Blob> {
  const copy = document.createElement('canvas');
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const context = copy.getContext('2d');
  if (context) {
    context.fillStyle = getComputedStyle(canvas.parentElement ?? canvas).backgroundColor;
    context.fillRect(0, 0, copy.width, copy.height);
    context.drawImage(canvas, 0, 0);
  }
  return pngOf(copy);
}

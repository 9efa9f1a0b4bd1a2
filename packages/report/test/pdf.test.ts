import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curvesSvg, figuresOfRun, type RunFigure } from '../src/index.js';
import { svgToPdf } from '../src/pdf.js';
import { svgToPng } from '../src/png.js';
import { cubicPath } from '../src/vector/cubic-path.js';
import { outlinedPaths } from '../src/vector/outlined-paths.js';
import { fullRun } from './full-run.js';

const reader = (() => {
  try {
    execFileSync('pdftoppm', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const text = (pdf: Uint8Array) => Buffer.from(pdf).toString('latin1');

/** What is drawn, as the operators of PDF. */
function drawn(pdf: Uint8Array): string {
  const all = Buffer.from(pdf);
  const from = all.indexOf('stream\n') + 7;
  return inflateSync(all.subarray(from, all.indexOf('\nendstream'))).toString('latin1');
}

const svg = (content: string, more = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48" viewBox="0 0 96 48"${more}><title>A &lt; β</title>${content}</svg>`;

describe('svgToPdf', () => {
  test('a page is as large as the figure: 96 pixels are an inch, 72 points', async () => {
    const pdf = text(await svgToPdf(svg('<rect width="96" height="48" fill="#ff0000"/>')));
    expect(pdf.slice(0, 5)).toBe('%PDF-');
    expect(pdf).toMatch(/\/MediaBox \[0 0 72 36\]/);
  });
  test('lines stay lines: width, dashes and colour, no picture and no font', async () => {
    const pdf = await svgToPdf(
      svg(
        '<path d="M4,8H90" stroke="#0072b2" stroke-width="3" stroke-dasharray="5 4" stroke-linecap="round" fill="none"/>',
      ),
    );
    expect(drawn(pdf)).toMatch(/3 w[\s\S]*1 J[\s\S]*\[5 4\] 0 d[\s\S]*4 8 m[\s\S]*90 8 l[\s\S]*\nS/);
    expect(drawn(pdf)).toMatch(/\n0 0\.447\d* 0\.698\d* SCN\n/);
    expect(text(pdf)).not.toMatch(/\/Subtype \/Image|\/Type \/Font\b/);
  });
  test('a text is the outline of its letters, Greek ones too', async () => {
    const of = async (label: string) =>
      drawn(
        await svgToPdf(svg(`<text x="4" y="20" font-family="sans-serif" font-size="12">${label}</text>`)),
      );
    expect((await of('γ')).match(/ c\n/g)!.length).toBeGreaterThan(3);
    expect(await of('γ')).not.toBe(await of('β'));
  });
  test('an opacity is that of what it is of', async () => {
    const pdf = text(
      await svgToPdf(
        svg('<g opacity="0.5"><rect width="9" height="9" fill="#00ff00" fill-opacity="0.4"/></g>'),
      ),
    );
    expect(pdf).toMatch(/\/ca 0\.2\b/);
  });
  test('the title of the figure is that of the file', async () => {
    const pdf = await svgToPdf(svg('<rect width="9" height="9"/>'));
    const utf16 = Buffer.from('A < β', 'utf16le').swap16().toString('latin1');
    expect(text(pdf)).toContain(utf16);
    expect(text(await svgToPdf(svg('<rect width="9" height="9"/>'), { title: 'Mine' }))).toContain('(Mine)');
  });
  test('the same figure gives the same bytes', async () => {
    const figure = curvesSvg([
      { label: 'Focal γ=2', colour: '#0072b2', split: 'train', epochs: [0, 1], mean: [0.1, 0.9] },
    ]);
    const first = await svgToPdf(figure);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(Buffer.from(await svgToPdf(figure)).equals(first)).toBe(true);
  });
  test.each([
    ['text that is no SVG', 'hello', /not an SVG/],
    [
      'a gradient',
      svg(
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/><stop offset="1" stop-color="blue"/></linearGradient></defs><rect width="9" height="9" fill="url(#g)"/>',
      ),
      /gradient/,
    ],
    [
      'a clip',
      svg('<clipPath id="c"><circle r="4"/></clipPath><rect width="9" height="9" clip-path="url(#c)"/>'),
      /clip/i,
    ],
    [
      'dashes of several lengths',
      svg('<path d="M0,0H9" stroke="#000" stroke-dasharray="1 2 3 4"/>'),
      /several lengths/,
    ],
  ])('%s is refused by its name', async (_, figure, words) => {
    await expect(svgToPdf(figure)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    await expect(svgToPdf(figure)).rejects.toThrow(words);
  });
});

test('cubicPath: a quadratic curve through (0, 0), (3, 6), (6, 0) has its cubic controls at (2, 4) and (4, 4)', () => {
  expect(cubicPath('M 0 0 Q 3 6 6 0 L 7 1 Q 7 4 10 4 C 1 2 3 4 5 6 Z')).toBe(
    'M 0 0 C 2 4 4 4 6 0 L 7 1 C 7 3 8 4 10 4 C 1 2 3 4 5 6 Z',
  );
  expect(cubicPath('M 1.5e-7 -2 L 1e3 .5')).toBe('M 1.5e-7 -2 L 1000 0.5');
});

test('outlinedPaths: groups hand down their opacity and their place', () => {
  const { paths } = outlinedPaths(
    'a test',
    '<svg width="9" height="9"><g opacity="0.5" transform="matrix(1 0 0 1 4 0)"><g transform="matrix(2 0 0 2 0 0)"><path fill="#000000" stroke="none" d="M 0 0 L 1 1"/></g></g><path fill="none" stroke="#ffffff" d="M 0 0 L 2 2"/></svg>',
  );
  expect(paths).toMatchObject([
    {
      fill: '#000000',
      fillOpacity: 0.5,
      transforms: [
        [1, 0, 0, 1, 4, 0],
        [2, 0, 0, 2, 0, 0],
      ],
    },
    { stroke: '#ffffff', strokeOpacity: 1, transforms: [] },
  ]);
  expect(paths[0]).not.toHaveProperty('stroke');
});

describe('every figure of a full run', () => {
  let figures: RunFigure[];
  beforeAll(async () => {
    figures = await figuresOfRun(
      await fullRun({ losses: ['CE', 'Focal γ=2'], epochs: 2, resolution: 7, side: 8, samples: 1 }),
    );
  });
  test('can be had as PDF', async () => {
    expect(figures.length).toBeGreaterThan(10);
    for (const { svg: figure } of figures) expect((await svgToPdf(figure)).length).toBeGreaterThan(1_000);
  });

  describe.skipIf(!reader)(`as poppler draws it${reader ? '' : ' (skipped: no pdftoppm here)'}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'segscape-pdf-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    test('looks as its PNG does', async () => {
      const kinds = ['scores', 'curves', 'surface', 'map', 'reliability'];
      for (const kind of kinds) {
        const { svg: figure } = figures.find(({ name }) => name.startsWith(kind))!;
        const file = join(folder, `${kind}.pdf`);
        writeFileSync(file, await svgToPdf(figure));
        const drawn_ = decode(execFileSync('pdftoppm', ['-png', '-r', '96', file], { maxBuffer: 2 ** 26 }));
        const png = decode(await svgToPng(figure, { scale: 1 }));
        expect(Math.abs(drawn_.width - png.width), kind).toBeLessThanOrEqual(1);
        expect(Math.abs(drawn_.height - png.height), kind).toBeLessThanOrEqual(1);
        // Edges are smoothed otherwise; areas are the same.
        let sum = 0;
        let far = 0;
        for (let y = 0; y < Math.min(drawn_.height, png.height); y++)
          for (let x = 0; x < Math.min(drawn_.width, png.width); x++)
            for (let c = 0; c < 3; c++) {
              const d = Math.abs(
                drawn_.data[(y * drawn_.width + x) * drawn_.channels + c]! -
                  png.data[(y * png.width + x) * png.channels + c]!,
              );
              sum += d;
              if (d > 128) far++;
            }
        const all = png.width * png.height * 3;
        expect(sum / all, kind).toBeLessThan(4);
        expect(far / all, kind).toBeLessThan(0.01);
      }
    });
  });
});

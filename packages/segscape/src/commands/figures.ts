import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SegscapeError } from '@segscape/core';
import { figuresOfRun } from '@segscape/report';
import { makeFolder, writeNew } from '../new-file.js';
import { assertOnlyWith } from '../only-with.js';
import { runStorage } from '../run-storage.js';

export interface FiguresOptions {
  readonly out?: string;
  readonly format: string;
  readonly scale?: number;
}

/** Pixels of a PNG for one of the figure: 300 dpi at the width of a column. */
const standardScale = 3;

type Draw = (svg: string, scale: number) => Uint8Array | Promise<Uint8Array>;

/** Each loads what draws it only when it is asked for. */
const formats = {
  svg: (svg) => new TextEncoder().encode(svg),
  png: async (svg, scale) => (await import('@segscape/report/png')).svgToPng(svg, { scale }),
  pdf: async (svg) => (await import('@segscape/report/pdf')).svgToPdf(svg),
} satisfies Record<string, Draw> as Record<'svg' | 'png' | 'pdf', Draw>;

const words = { where: 'figures', advice: 'choose another --out' } as const;

/** `segscape figures`: the figures of a run as files of their own. */
export async function figures(run: string, options: FiguresOptions): Promise<number> {
  const { out, format, scale = standardScale } = options;
  const draw = Object.hasOwn(formats, format) ? formats[format as keyof typeof formats] : undefined;
  if (draw === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `figures: --format '${format}' is not known. It is ${Object.keys(formats).join(', ')}.`,
      { details: { option: 'format', value: format } },
    );
  assertOnlyWith('figures', options, [[['scale'], 'pixels (--format png)', format === 'png']]);
  const folder = resolve(out ?? join(run, 'figures'));
  const all = await figuresOfRun(runStorage('figures', run));
  await makeFolder(folder, words);
  const files: [string, Uint8Array][] = [];
  for (const { name, svg } of all) {
    files.push([join(folder, `${name}.${format}`), await draw(svg, scale)]);
    // A figure is drawn at a stretch; between two a signal is heard.
    await setImmediate();
  }
  const missing: typeof files = [];
  for (const file of files) if (await isMissing(...file)) missing.push(file);
  await writeNew(missing, words);
  process.stdout.write(`${all.length} figures in ${folder}\n`);
  return 0;
}

/** Whether a figure is to be written; one that somebody has changed since is theirs. */
async function isMissing(path: string, content: Uint8Array): Promise<boolean> {
  const there = await readFile(path).catch(() => undefined);
  if (there === undefined) return true;
  if (there.equals(content)) return false;
  throw new SegscapeError(
    'NOT_WRITABLE',
    `figures: '${path}' exists and is another picture, so nothing was written. Choose another --out, or move it away.`,
    { details: { path } },
  );
}

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { figuresOfRun } from '@segscape/report';
import { svgToPng } from '@segscape/report/png';
import { fsStorage } from '@segscape/runs/node';

export interface FiguresOptions {
  readonly out?: string;
  readonly format: string;
  readonly scale?: number;
}

/** Pixels of a PNG for one of the figure: 300 dpi at the width of a column. */
const standardScale = 3;

/** `segscape figures`: the figures of a run as files of their own. */
export async function figures(
  run: string,
  { out, format, scale = standardScale }: FiguresOptions,
): Promise<number> {
  if (format !== 'svg' && format !== 'png')
    throw new SegscapeError(
      'BAD_OPTION',
      `figures: --format '${format}' is not known. It is svg or png; a browser prints report.html as PDF.`,
      { details: { option: 'format', value: format } },
    );
  const folder = resolve(out ?? join(run, 'figures'));
  const all = await figuresOfRun(fsStorage(resolve(run)));
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new SegscapeError(
      'NOT_WRITABLE',
      `figures: '${folder}' cannot be made (${cause.message}). Choose another --out.`,
      {
        details: { path: folder },
        cause,
      },
    );
  });
  const files: [string, Uint8Array][] = [];
  for (const { name, svg } of all)
    files.push([
      join(folder, `${name}.${format}`),
      format === 'svg' ? new TextEncoder().encode(svg) : await svgToPng(svg, { scale }),
    ]);
  for (const [path, content] of files) await assertFree(path, content);
  for (const [path, content] of files) await writeFile(path, content);
  process.stdout.write(`${all.length} figures in ${folder}\n`);
  return 0;
}

/** A figure that somebody has changed since is theirs. */
async function assertFree(path: string, content: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined);
  if (there === undefined || there.equals(content)) return;
  throw new SegscapeError(
    'NOT_WRITABLE',
    `figures: '${path}' exists and is another picture, so nothing was written. Choose another --out, or move it away.`,
    { details: { path } },
  );
}

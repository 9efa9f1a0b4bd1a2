import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { describeDataset } from '@segscape/data';
import { encodePng } from '@segscape/report';
import { examineMasks, type MaskExamination } from '@segscape/study';
import { stringify } from 'yaml';
import { contactSheet } from '../look/contact-sheet.js';
import { dataConfig, openData } from '../look/data-config.js';
import type { ConfigOptions } from '../run-config.js';
import { printTable } from '../table.js';

export interface DataOptions extends ConfigOptions {
  readonly sheet?: string;
  readonly json?: boolean;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
const size = (sides: readonly number[]) => sides.join(' × ');

/** `segscape data [DIR]`: what was found, what is odd about it, and which losses suit it. */
export async function data(folder: string | undefined, options: DataOptions): Promise<number> {
  const config = await dataConfig(folder, options);
  const dataset = await openData(config);
  const statistics = await describeDataset(dataset);
  const examination = await examineMasks(dataset);
  if (options.sheet !== undefined) await writeSheet(options.sheet, dataset);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ config, statistics, examination }, null, 2)}\n`);
    return 0;
  }
  const { smallest, largest, channels, types, groups, classShares, without } = statistics;
  const spacing = (await dataset.get(0)).image.spacing;
  const sides = size(smallest) === size(largest) ? size(smallest) : `${size(smallest)} to ${size(largest)}`;
  process.stdout.write(
    `${dataset.length} images of ${sides} pixels, ${channels.join(' and ')} channel${channels.join() === '1' ? '' : 's'} (${types.join(', ').replaceAll('Array', '')})${
      spacing === undefined ? '' : `, ${spacing.map((s) => Number(s.toPrecision(4))).join(' × ')} µm a pixel`
    }${groups < dataset.length ? `, ${groups} patients` : ''}\n`,
  );
  printTable(
    ['class', 'pixels', 'images without', 'objects in an image', 'diameter', 'width'],
    dataset.classes.map((name, c) => {
      const facts = examination.classes.find((one) => one.name === name);
      const shown = (value: number | undefined) =>
        value === undefined || Number.isNaN(value) ? '' : String(Number(value.toPrecision(2)));
      return [
        name,
        percent(classShares[c]!),
        String(without[c]),
        shown(facts?.objects),
        facts === undefined ? '' : facts.diameters.map(shown).join(' / '),
        shown(facts?.width),
      ];
    }),
  );
  process.stdout.write(`${findingsText(examination)}\nAs a config:\n${stringify({ data: config })}`);
  if (options.sheet !== undefined) process.stdout.write(`Contact sheet: ${resolve(options.sheet)}\n`);
  return 0;
}

/** Findings and proposals as paragraphs. */
export function findingsText({ findings, proposals }: MaskExamination): string {
  const lines = findings.map(({ level, text }) => `${level === 'warning' ? '!' : '·'} ${text}`);
  const losses = proposals.map(({ label, reason, paper }) => `  ${label}: ${reason} (${paper})`);
  return [
    ...(lines.length > 0 ? lines : ['Nothing odd about the masks.']),
    'Losses to begin with:',
    ...losses,
  ].join('\n');
}

async function writeSheet(path: string, dataset: Parameters<typeof contactSheet>[0]): Promise<void> {
  const bytes = encodePng(await contactSheet(dataset));
  // Nothing that is there is overwritten.
  await writeFile(path, bytes, { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'it exists already' : cause.message;
    throw new SegscapeError(
      'NOT_WRITABLE',
      `data: '${path}' cannot be written: ${why}. Choose another --sheet.`,
      {
        details: { path },
        cause,
      },
    );
  });
}

import { resolve } from 'node:path';
import { countOf } from '@segscape/core';
import { type Dataset, type DatasetStatistics, describeDataset } from '@segscape/data';
import { examineMasks, type MaskExamination, type Proposal } from '@segscape/study';
import { stringify } from 'yaml';
import { dataConfig, openData } from '../look/data-config.js';
import { examined, watched } from '../look/watched-dataset.js';
import { writeSheet } from '../look/write-sheet.js';
import { prose } from '../prose.js';
import type { ConfigOptions } from '../run-config.js';
import { printTable } from '../table.js';

export interface DataOptions extends ConfigOptions {
  readonly sheet?: string;
  readonly json?: boolean;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
const size = (sides: readonly number[]) => sides.join(' × ');

const lookedAt = async (dataset: Dataset) => ({
  statistics: await describeDataset(dataset),
  examination: await examineMasks(dataset, { most: examined }),
});

/** `segscape data [DIR]`: what was found, what is odd about it, and which losses suit it. */
export async function data(folder: string | undefined, options: DataOptions): Promise<number> {
  const config = await dataConfig(folder, options);
  const dataset = await openData(config);
  const reading = watched(dataset, dataset.length + Math.min(dataset.length, examined));
  const { statistics, examination } = await lookedAt(reading.dataset).finally(reading.end);
  if (options.sheet !== undefined) await writeSheet('data', options.sheet, dataset);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ config, statistics, examination }, null, 2)}\n`);
    return 0;
  }
  const { smallest, largest, channels, types, groups, classShares, without } = statistics;
  const unit = smallest.length === 3 ? 'voxel' : 'pixel';
  const sides = size(smallest) === size(largest) ? size(smallest) : `${size(smallest)} to ${size(largest)}`;
  const found = `${countOf(dataset.length, 'image')} of ${sides} ${unit}s, ${channels.join(' and ')} channel${channels.join() === '1' ? '' : 's'} (${types.join(', ').replaceAll('Array', '')})${scalesText(
    statistics,
    unit,
  )}${groups < dataset.length ? `, ${countOf(groups, 'patient')}` : ''}`;
  process.stdout.write(`${prose(found)}\n`);
  printTable(
    ['class', `${unit}s`, 'images without', 'objects in an image', 'diameter', 'width'],
    dataset.classes.map((name, c) => {
      const facts = examination.classes.find((one) => one.name === name);
      const shown = (value: number | undefined) =>
        value === undefined || Number.isNaN(value) ? '' : String(Number(value.toPrecision(2)));
      return [
        name,
        percent(classShares[c]!),
        String(without[c]),
        shown(facts?.objects),
        facts === undefined || Number.isNaN(facts.width) ? '' : facts.diameters.map(shown).join(' / '),
        shown(facts?.width),
      ];
    }),
  );
  process.stdout.write(
    `${prose(`${oddText(statistics)}${findingsText(examination)}`)}\nAs a config:\n${stringify({ data: config })}`,
  );
  if (options.sheet !== undefined) process.stdout.write(`Contact sheet: ${resolve(options.sheet)}\n`);
  return 0;
}

/** `, 0.5 × 0.5 µm a pixel`, or how many scales there are. */
function scalesText({ spacings, withoutSpacing }: DatasetStatistics, unit: string): string {
  const [first] = spacings;
  if (first === undefined) return '';
  const shown = first.map((length) => Number(length.toPrecision(4))).join(' × ');
  const others = spacings.length - 1;
  const odd = [
    ...(others > 0 ? [`${others} other scale${others > 1 ? 's' : ''}`] : []),
    ...(withoutSpacing > 0 ? [`${withoutSpacing} without any`] : []),
  ];
  return `, ${shown} µm a ${unit}${odd.length > 0 ? ` (and ${odd.join(', ')})` : ''}`;
}

/** A few ids of many. */
const some = (ids: readonly string[]) =>
  `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ` and ${ids.length - 5} more` : ''}`;

/** What is odd about the images beside each other, as lines. */
function oddText({ twins, acrossParts, groupsAcrossParts, leftOut }: DatasetStatistics): string {
  return [
    ...twins.map((ids) => `! ${some(ids)} differ by their ending alone: are they one picture, saved twice?`),
    ...acrossParts.map((ids) => `! The same picture is in different parts of the split: ${some(ids)}.`),
    ...(groupsAcrossParts.length > 0
      ? [
          `! Images of one patient are in different parts of the split: ${some(groupsAcrossParts)}. What is tested was half seen in training; keep each patient in one part.`,
        ]
      : []),
    ...(leftOut.length > 0
      ? [
          `! ${leftOut.length === 1 ? 'An image is' : `${leftOut.length} images are`} in no part of the split: ${some(leftOut)}.`,
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Findings and proposals as paragraphs. */
export function findingsText({ findings, proposals, measures }: MaskExamination): string {
  const lines = findings.map(({ level, text }) => `${level === 'warning' ? '!' : '·'} ${text}`);
  const said = ({ label, reason, paper }: Pick<Proposal, 'label' | 'reason' | 'paper'>) =>
    `  ${label}: ${reason} (${paper})`;
  return [
    ...(lines.length > 0 ? lines : ['Nothing odd about the masks.']),
    ...(proposals.length > 0 ? ['Losses to begin with:', ...proposals.map(said)] : []),
    ...(measures.length > 0 ? ['Measures beside overlap:', ...measures.map(said)] : []),
  ].join('\n');
}

import { resolve } from 'node:path';
import type { Sample } from '@segscape/core';
import { memoryDataset } from '@segscape/data';
import { readModelRecord, type TrainingSample, trainingSamples } from '@segscape/study';
import { writeSheet } from '../look/write-sheet.js';
import { registryOf } from '../plugins.js';
import { runStorage } from '../run-storage.js';
import { stoppable } from '../stop.js';
import { printTable } from '../table.js';

export interface SamplesOptions {
  readonly epoch: number;
  readonly seed?: number;
  readonly fold?: number;
  readonly image?: string;
  readonly sheet?: string;
  readonly json?: boolean;
}

const sizeOf = ({ image: { depth, height, width } }: TrainingSample) => [
  ...(depth === undefined ? [] : [depth]),
  height,
  width,
];

/** `flip horizontal`, `rotate degrees 12.3`; where a field of noise comes from is for programs. */
function inWords({ kind, ...values }: TrainingSample['drawn'][number]): string {
  const parts = Object.entries(values).flatMap(([name, value]) => {
    if (value === true) return [name];
    if (value === false || (typeof value === 'object' && !Array.isArray(value))) return [];
    const numbers = (Array.isArray(value) ? value : [value]) as readonly (number | string)[];
    return [
      `${name} ${numbers.map((n) => (typeof n === 'number' ? Number(n.toPrecision(3)) : n)).join(' × ')}`,
    ];
  });
  return [kind, ...(parts.length === 0 && Object.keys(values).length > 0 ? ['none'] : parts)].join(' ');
}

/** `segscape samples`: what the networks of a run were trained with in an epoch, and what was done to it. */
export async function samples(folder: string, options: SamplesOptions): Promise<number> {
  const { epoch, seed, fold, image, sheet, json = false } = options;
  const storage = runStorage('samples', folder);
  const registry = await registryOf(storage, resolve(folder));
  const stop = stoppable();
  const rows: string[][] = [];
  const seen: Sample[] = [];
  try {
    const given = {
      epoch,
      registry,
      ...(seed !== undefined && { seed }),
      ...(fold !== undefined && { fold }),
      ...(image !== undefined && { id: image }),
    };
    for await (const sample of trainingSamples(storage, given)) {
      if (stop.signal.aborted) return 130;
      const { id, batch, drawn } = sample;
      if (json)
        process.stdout.write(
          `${JSON.stringify({ type: 'sample', batch, id, size: sizeOf(sample), drawn })}\n`,
        );
      else rows.push([String(batch), id, drawn.map(inWords).join(', ') || 'nothing']);
      if (sheet !== undefined)
        seen.push({ id: `${seen.length + 1} ${id}`, image: sample.image, mask: sample.mask });
    }
  } finally {
    stop.dispose();
  }
  if (!json) printTable(['batch', 'image', 'what was done to it, in order'], rows);
  if (sheet === undefined) return 0;
  const { classes } = await readModelRecord(storage);
  await writeSheet('samples', sheet, memoryDataset(seen, classes));
  if (!json) process.stdout.write(`Contact sheet: ${resolve(sheet)}\n`);
  return 0;
}

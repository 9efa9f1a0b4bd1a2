import { resolve } from 'node:path';
import type { Dataset } from '@segscape/data';
import { parseStudyConfig, studyRegistry } from '@segscape/study';
import { type ConfigOptions, dataOf } from '../run-config.js';
import { type GuessedData, guessLayout } from './guess-layout.js';

/** Kinds whose folder is said as it is. */
const rooted = new Set(['rim-one', 'isbi-2012', 'nnunet']);

/** `data` of a config for a folder: as its names suggest, with what the command line says in its place. */
export async function dataConfig(
  folder: string | undefined,
  options: ConfigOptions,
): Promise<Record<string, unknown> & { readonly kind: string }> {
  const said = dataOf(options);
  const guessed: Readonly<Partial<GuessedData>> | { readonly kind: unknown; readonly root: string } =
    folder === undefined || said.images !== undefined || said.root !== undefined
      ? {}
      : said.kind !== undefined && rooted.has(String(said.kind))
        ? { kind: said.kind, root: resolve(folder) }
        : await guessLayout(folder);
  return { ...guessed, ...said, kind: String(said.kind ?? guessed.kind ?? 'phantom') };
}

/** The dataset of it, checked as a config is. */
export async function openData(
  data: Readonly<Record<string, unknown>> & { readonly kind: string },
): Promise<Dataset> {
  const { split: _, ...config } = data;
  parseStudyConfig({ data: config });
  const { kind, ...options } = config;
  return studyRegistry.data[kind]!({
    ...options,
    ...(typeof data.split === 'string' && { split: data.split }),
  });
}

import { isSegscapeError, type Storage } from '@segscape/core';
import type { Surface } from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { type HistoryRow, openRun } from '@segscape/runs';
import type { ReportFacts } from '../facts.js';
import { gridOf } from '../figures/surface-svg.js';
import type { SurfaceGrid } from '../figures/terrain.js';
import type { MapFact } from '../landscape-facts.js';
import type { PictureFact } from '../picture-facts.js';
import { nameless, type ReportOptions } from '../privacy/nameless.js';
import { barePng } from './bare-png.js';
import { toBase64 } from './base64.js';
import { hashesOf } from './hashes.js';
import { missingOf } from './missing.js';
import type { ReadSurface } from './page-data.js';
import { plainYaml } from './plain-yaml.js';
import { readFacts } from './read-facts.js';

/** A picture ready for a page. */
export interface ReadPicture {
  readonly source: string;
  readonly width: number;
  readonly height: number;
  /** The numbers behind its colours, as `packValues` made them. */
  readonly packed?: string;
}

/** A map with its surface. */
export interface ReadMap extends MapFact {
  readonly grid: SurfaceGrid;
  /** What became of batch normalisation's statistics on its plane; absent where the networks have none. */
  readonly batchNorm?: string;
}

/** What a surface says of batch normalisation. */
function statisticsOn({ attributes: { batchNorm } }: Surface): { readonly batchNorm?: string } {
  return typeof batchNorm === 'string' ? { batchNorm } : {};
}

/** All that a run folder holds for its report. */
export interface ReadRun {
  readonly facts: ReportFacts;
  readonly history: readonly HistoryRow[];
  readonly surfaces: readonly ReadSurface[];
  /** Maps of weights with their surfaces. */
  readonly maps: readonly ReadMap[];
  readonly pictures: ReadonlyMap<string, ReadPicture>;
  /** SHA-256 by path of what the run stands on. */
  readonly hashes: readonly (readonly [path: string, sha256: string])[];
  readonly files: { readonly config: string; readonly history: string; readonly facts: string };
  /** What a run that has not ended has not made yet. */
  readonly missing: readonly string[];
  /** What could not be shown, and why: a damaged or missing file is named. */
  readonly notices: readonly string[];
}

/**
 * Reads what a report needs. Folders of the machine are left out of all texts but the labels of losses and classes: only
 * last parts of paths remain.
 * @param storage the run folder.
 * @param options what is left out besides.
 * @throws {SegscapeError} `NOT_FOUND` without a finished study, `CORRUPT_FILE` when its facts or its history are damaged.
 */
export async function readRun(storage: Storage, options: ReportOptions = {}): Promise<ReadRun> {
  const recorded = await readFacts(storage);
  const run = await openRun(storage);
  const notices: string[] = [];
  const surfaces: ReadSurface[] = [];
  const surfaceOf = (name: string) => {
    const path = `landscapes/${name}.h5`;
    return orNotice(notices, path, async () => {
      const read = await decodeSurface(await run.readLandscape(name));
      for (const loss of Object.keys(read.values)) gridOf(path, read, loss);
      return read;
    });
  };
  for (const { name, ...about } of recorded.surfaces) {
    const grid = await surfaceOf(name);
    if (grid === undefined) continue;
    surfaces.push({ name, ...about, grid, ...statisticsOn(grid) });
  }
  const maps: ReadMap[] = [];
  for (const map of recorded.maps ?? []) {
    const grid = await surfaceOf(map.name);
    if (grid !== undefined) maps.push({ ...map, grid, ...statisticsOn(grid) });
  }
  const { facts, nameOf, config, rename } = nameless(recorded, run.config, options);
  const pictures = new Map<string, ReadPicture>();
  const named: readonly Pick<PictureFact, 'name' | 'values'>[] = [
    ...recorded.pictures,
    ...(recorded.experiment?.pictures ?? []),
    ...(recorded.filters ?? []),
  ];
  for (const { name, values } of named) {
    if (options.images === false) break;
    const path = `maps/${name}.png`;
    const picture = await orNotice(notices, path, async () => readPicture(path, await run.readMap(name)));
    if (picture === undefined) continue;
    const packed =
      values &&
      (await orNotice(notices, `maps/${values.name}.png`, async () =>
        readPicture(`maps/${values.name}.png`, await run.readMap(values.name)),
      ));
    pictures.set(nameOf(name), { ...picture, ...(packed && { packed: packed.source }) });
  }
  const history = await run.history();
  return {
    facts,
    history,
    missing: missingOf(facts, history, config),
    hashes: hashesOf(await textOf(storage, 'manifest.sha256')),
    surfaces,
    maps,
    pictures,
    files: {
      config: plainYaml(config),
      history: await textOf(storage, 'history.csv'),
      facts: JSON.stringify(facts),
    },
    notices: notices.map(rename),
  };
}

async function orNotice<T>(notices: string[], path: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isSegscapeError(error)) throw error;
    notices.push(error.message.includes(path) ? error.message : `${path}: ${error.message}`);
    return undefined;
  }
}

async function textOf(storage: Storage, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await storage.read(path));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return '';
    throw error;
  }
}

function readPicture(path: string, bytes: Uint8Array): ReadPicture {
  const { width, height, bytes: bare } = barePng(path, bytes);
  return { source: `data:image/png;base64,${toBase64(bare)}`, width, height };
}

import { isSegscapeError, type Storage } from '@segscape/core';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { type HistoryRow, openRun } from '@segscape/runs';
import type { ReportFacts } from '../facts.js';
import { gridOf } from '../figures/surface-svg.js';
import type { SurfaceGrid } from '../figures/terrain.js';
import type { MapFact } from '../landscape-facts.js';
import { toBase64 } from './base64.js';
import type { ReadSurface } from './page-data.js';
import { pngSize } from './png-size.js';
import { readFacts } from './read-facts.js';

/** A picture ready for a page. */
export interface ReadPicture {
  readonly source: string;
  readonly width: number;
  readonly height: number;
}

/** A map with its surface. */
export interface ReadMap extends MapFact {
  readonly grid: SurfaceGrid;
}

/** All that a run folder holds for its report. */
export interface ReadRun {
  readonly facts: ReportFacts;
  readonly history: readonly HistoryRow[];
  readonly surfaces: readonly ReadSurface[];
  /** Maps of weights with their surfaces. */
  readonly maps: readonly ReadMap[];
  readonly pictures: ReadonlyMap<string, ReadPicture>;
  readonly files: { readonly config: string; readonly history: string; readonly facts: string };
  /** What could not be shown, and why: a damaged or missing file is named. */
  readonly notices: readonly string[];
}

/**
 * Reads what a report needs.
 * @throws {SegscapeError} `NOT_FOUND` without a finished study, `CORRUPT_FILE` when its facts or its history are damaged.
 */
export async function readRun(storage: Storage): Promise<ReadRun> {
  const facts = await readFacts(storage);
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
  for (const { name, ...about } of facts.surfaces) {
    const grid = await surfaceOf(name);
    if (grid !== undefined) surfaces.push({ name, ...about, grid });
  }
  const maps: ReadMap[] = [];
  for (const map of facts.maps ?? []) {
    const grid = await surfaceOf(map.name);
    if (grid !== undefined) maps.push({ ...map, grid });
  }
  const pictures = new Map<string, ReadPicture>();
  for (const { name } of facts.pictures) {
    const path = `maps/${name}.png`;
    const picture = await orNotice(notices, path, async () => readPicture(path, await run.readMap(name)));
    if (picture !== undefined) pictures.set(name, picture);
  }
  return {
    facts,
    history: await run.history(),
    surfaces,
    maps,
    pictures,
    files: {
      config: await textOf(storage, 'config.yaml'),
      history: await textOf(storage, 'history.csv'),
      facts: await textOf(storage, 'report.json'),
    },
    notices,
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
  const { width, height } = pngSize(path, bytes);
  return { source: `data:image/png;base64,${toBase64(bytes)}`, width, height };
}

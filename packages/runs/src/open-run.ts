import {
  assertKnown,
  assertOption,
  isSegscapeError,
  optionNames,
  SegscapeError,
  type Storage,
} from '@segscape/core';
import { parse, stringify } from 'yaml';
import { assertCount, assertKey, assertNumbers } from './checked-record.js';
import { damagedCheckpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { historyPath, historyWriter, parseHistory, readHistoryText, rewriteHistory } from './history.js';
import { isRecorded, type Manifest } from './manifest.js';
import { pathName } from './path-name.js';
import { type RecordedStorage, recordedStorage } from './recorded-storage.js';
import type { Run, RunKey } from './run.js';
import { eventWriter, scalarValues } from './tensorboard.js';
import { histogramValue, imageValue } from './tensorboard-values.js';
import { missingText, validateRun } from './validate.js';

export interface RunOptions {
  /** Seconds since 1970, for TensorBoard's records. Default the system's clock. */
  readonly now?: () => number;
}

const optionsOfRun = optionNames<RunOptions>({ now: true });

const configPath = 'config.yaml';

/**
 * Begins a run in an empty folder: writes `config.yaml`.
 * @param storage an empty folder.
 * @param config an object, or YAML text that is kept word for word.
 * @param options the clock of TensorBoard's records.
 * @returns the run, to be written to.
 * @throws {SegscapeError} `NOT_WRITABLE` when the folder holds a run already; `BAD_CONFIG` when the text is not YAML.
 */
export async function createRun(storage: Storage, config: unknown, options: RunOptions = {}): Promise<Run> {
  assertKnown('createRun', options, optionsOfRun);
  const files = await storage.list('');
  if (files.includes(configPath))
    throw new SegscapeError(
      'NOT_WRITABLE',
      'createRun: the folder already holds a run. Resume it with openRun, or choose another folder.',
    );
  const text = typeof config === 'string' ? config : stringify(config);
  const parsed = parseConfig(text, 'BAD_CONFIG');
  const recorded = await recordedStorage(storage);
  await recorded.write(configPath, text);
  return runOf(storage, recorded, parsed, options);
}

/**
 * Opens a run to read it or to go on with it.
 * @param storage the run folder.
 * @param options the clock of TensorBoard's records.
 * @returns the run, with its config as it was written.
 * @throws {SegscapeError} `NOT_FOUND` when the folder holds no run, `CORRUPT_FILE` when its config is not YAML or was
 * changed since, `UNSUPPORTED_FORMAT` when a later version made it.
 */
export async function openRun(storage: Storage, options: RunOptions = {}): Promise<Run> {
  assertKnown('openRun', options, optionsOfRun);
  const recorded = await recordedStorage(storage);
  let bytes: Uint8Array;
  try {
    bytes = await recorded.read(configPath);
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `openRun: there is no ${configPath} here, so this is not a run folder.`,
      { cause },
    );
  }
  const text = new TextDecoder().decode(bytes);
  return runOf(storage, recorded, parseConfig(text, 'CORRUPT_FILE'), options);
}

/** A run whose history is gone would else look like one that has not begun. */
function assertNotLost(manifest: Manifest | undefined): void {
  if (!isRecorded(manifest, historyPath)) return;
  throw new SegscapeError('CORRUPT_FILE', missingText(historyPath), { details: { path: historyPath } });
}

function parseConfig(text: string, code: 'BAD_CONFIG' | 'CORRUPT_FILE'): unknown {
  try {
    return parse(text) as unknown;
  } catch (cause) {
    throw new SegscapeError(code, `${configPath}: ${(cause as Error).message}`, { cause });
  }
}

function runOf(
  plain: Storage,
  storage: RecordedStorage,
  config: unknown,
  { now = () => Date.now() / 1000 }: RunOptions,
): Run {
  const appendHistory = historyWriter(storage);
  const appendEvents = eventWriter(storage, now);
  const eventFolder = ({ loss, seed, fold = 0 }: RunKey, leaf: string) =>
    `tensorboard/${pathName(loss)}/seed-${seed}${fold === 0 ? '' : `/fold-${fold}`}/${pathName(leaf)}`;

  const files = (folder: string, extension: string) => {
    const path = (name: string) => `${folder}/${name}${extension}`;
    return {
      path,
      write: (name: string, bytes: Uint8Array) => storage.write(path(name), bytes),
      read: async (name: string) => storage.read(path(name)),
      async names(under = '') {
        const inner = under === '' ? folder : `${folder}/${under.replace(/\/+$/, '')}`;
        const paths = await storage.list(inner);
        return paths
          .filter((file) => file.endsWith(extension))
          .map((file) => file.slice(folder.length + 1, -extension.length));
      },
    };
  };
  const checkpoints = files('checkpoints', '.safetensors');
  const landscapes = files('landscapes', '.h5');
  const maps = files('maps', '.png');

  return {
    storage,
    config,
    format: storage.manifest()?.format ?? 0,
    cutTails: storage.cutTails,
    async recordEpoch({ loss, seed, fold = 0, epoch, measures }) {
      const where = 'recordEpoch';
      assertKey(where, { loss, seed, fold });
      assertCount(where, 'epoch', epoch);
      for (const [split, values] of Object.entries(measures))
        assertNumbers(where, `measures.${split}`, values);
      const rows = Object.entries(measures).flatMap(([split, values]) =>
        Object.entries(values).map(([measure, value]) => ({
          loss,
          seed,
          fold,
          epoch,
          split,
          measure,
          value,
        })),
      );
      await appendHistory(rows);
      for (const [split, values] of Object.entries(measures))
        await appendEvents(eventFolder({ loss, seed, fold }, split), epoch, scalarValues(values));
    },
    async recordStep({ step, values, ...key }) {
      assertKey('recordStep', key);
      assertCount('recordStep', 'step', step);
      assertNumbers('recordStep', 'values', values);
      await appendEvents(eventFolder(key, 'steps'), step, scalarValues(values));
    },
    async recordPictures({ epoch, pictures, ...key }) {
      assertKey('recordPictures', key);
      assertCount('recordPictures', 'epoch', epoch);
      const values = Object.entries(pictures).map(([name, png]) => imageValue(name, png));
      if (values.length > 0) await appendEvents(eventFolder(key, 'pictures'), epoch, values);
    },
    async recordHistograms({ epoch, values, ...key }) {
      assertKey('recordHistograms', key);
      assertCount('recordHistograms', 'epoch', epoch);
      const drawn = Object.entries(values).map(([name, numbers]) => histogramValue(name, numbers));
      if (drawn.length > 0) await appendEvents(eventFolder(key, 'histograms'), epoch, drawn);
    },
    async history(of = {}) {
      assertKnown('history', of, ['loss', 'seed', 'fold']);
      const text = await readHistoryText(storage);
      if (text === '') assertNotLost(storage.manifest());
      const rows = parseHistory(text);
      const wanted = Object.entries(of).filter(([, value]) => value !== undefined);
      return rows.filter((row) => wanted.every(([name, value]) => row[name as keyof RunKey] === value));
    },
    async rewind({ loss, seed, fold = 0, epoch }) {
      assertKey('rewind', { loss, seed, fold });
      assertOption(Number.isSafeInteger(epoch), 'rewind', 'epoch', epoch, 'be a whole number');
      await rewriteHistory(
        storage,
        (row) => row.loss === loss && row.seed === seed && row.fold === fold && row.epoch > epoch,
      );
    },
    async saveCheckpoint(name, tensors, metadata) {
      await checkpoints.write(name, await encodeCheckpoint(tensors, metadata));
    },
    async loadCheckpoint(name) {
      const path = checkpoints.path(name);
      const bytes = await checkpoints.read(name).catch((error: unknown) => {
        if (!isSegscapeError(error, 'CORRUPT_FILE')) throw error;
        throw damagedCheckpoint(path, 'it is not what was written', error);
      });
      return decodeCheckpoint(bytes, path);
    },
    checkpoints: checkpoints.names,
    removeCheckpoint: (name) => storage.remove(checkpoints.path(name)),
    writeLandscape: landscapes.write,
    readLandscape: landscapes.read,
    landscapes: () => landscapes.names(),
    writeMap: maps.write,
    readMap: maps.read,
    maps: () => maps.names(),
    validate: () => validateRun(plain),
  };
}

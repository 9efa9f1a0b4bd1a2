import { isSegscapeError, type PlainTensor, SegscapeError, type Storage } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { parse, stringify } from 'yaml';
import {
  type Checkpoint,
  type CheckpointMetadata,
  damagedCheckpoint,
  decodeCheckpoint,
  encodeCheckpoint,
} from './checkpoint.js';
import { type HistoryRow, historyWriter, parseHistory, readHistoryText, rewriteHistory } from './history.js';
import { pathName } from './path-name.js';
import { type RecordedStorage, recordedStorage } from './recorded-storage.js';
import { eventWriter } from './tensorboard.js';
import { type RunProblem, validateRun } from './validate.js';

/** Which training of a study: a loss with a seed, in a fold. */
export interface RunKey {
  readonly loss: string;
  readonly seed: number;
  /** Default 0. */
  readonly fold?: number;
}

export interface EpochRecord extends RunKey {
  /** Epochs done; 0 is before training. */
  readonly epoch: number;
  /** Numbers by split and measure: `{ train: { loss: 0.3 }, test: { 'iou.disc': 0.9 } }`. */
  readonly measures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface StepRecord extends RunKey {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

export interface RunOptions {
  /** Seconds since 1970, for TensorBoard's records. Default the system's clock. */
  readonly now?: () => number;
}

/** A run folder. Every write is atomic; reading never uses what is damaged. */
export interface Run {
  /** Where the run is kept. What is written through it is recorded in the manifests, what is read is checked by them. */
  readonly storage: Storage;
  /** In which form it was written; 0 before runs had manifests. */
  readonly format: number;
  /** What `config.yaml` holds. */
  readonly config: unknown;
  /** Appends an epoch to `history.csv` and to the TensorBoard files. */
  recordEpoch(record: EpochRecord): Promise<void>;
  /** Scalars of one training step, for TensorBoard alone. */
  recordStep(record: StepRecord): Promise<void>;
  /** What was recorded; optionally of one training only. A repeated epoch counts once, as recorded last. */
  history(of?: Partial<RunKey>): Promise<HistoryRow[]>;
  /** Forgets the epochs after `epoch` of one training, before it goes on from a checkpoint. */
  rewind(key: RunKey & { readonly epoch: number }): Promise<void>;
  /**
   * Saves tensors under a name, which may have folders: `'ce-1-1/seed-0/latest'`. The same name is replaced, so
   * `latest` is the rolling one and any other name stays.
   */
  saveCheckpoint(
    name: string,
    tensors: Readonly<Record<string, Tensor | PlainTensor>>,
    metadata?: CheckpointMetadata,
  ): Promise<void>;
  /** Rejects with `NOT_FOUND`, or `CORRUPT_CHECKPOINT` when it is damaged. */
  loadCheckpoint(name: string): Promise<Checkpoint>;
  /** Names of all checkpoints (under a folder), sorted. */
  checkpoints(folder?: string): Promise<string[]>;
  removeCheckpoint(name: string): Promise<void>;
  /** Keeps HDF5 bytes as `landscapes/<name>.h5`. */
  writeLandscape(name: string, bytes: Uint8Array): Promise<void>;
  readLandscape(name: string): Promise<Uint8Array>;
  landscapes(): Promise<string[]>;
  /** Keeps PNG bytes as `maps/<name>.png`. */
  writeMap(name: string, bytes: Uint8Array): Promise<void>;
  readMap(name: string): Promise<Uint8Array>;
  maps(): Promise<string[]>;
  /** Brings files that grow back to what is recorded of them, before a killed run goes on. */
  cutTails(): Promise<void>;
  /** Reads every file and names each that is damaged; an empty list is a sound run. */
  validate(): Promise<RunProblem[]>;
}

const configPath = 'config.yaml';

/**
 * Begins a run in an empty folder: writes `config.yaml`.
 * @param config an object, or YAML text that is kept word for word.
 * @throws {SegscapeError} `NOT_WRITABLE` when the folder holds a run already; `BAD_CONFIG` when the text is not YAML.
 */
export async function createRun(storage: Storage, config: unknown, options: RunOptions = {}): Promise<Run> {
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
 * @throws {SegscapeError} `NOT_FOUND` when the folder holds no run, `CORRUPT_FILE` when its config is not YAML or was
 * changed since, `UNSUPPORTED_FORMAT` when a later version made it.
 */
export async function openRun(storage: Storage, options: RunOptions = {}): Promise<Run> {
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
        await appendEvents(eventFolder({ loss, seed, fold }, split), epoch, values);
    },
    recordStep: ({ step, values, ...key }) => appendEvents(eventFolder(key, 'steps'), step, values),
    async history(of = {}) {
      const rows = parseHistory(await readHistoryText(storage));
      const wanted = Object.entries(of).filter(([, value]) => value !== undefined);
      return rows.filter((row) => wanted.every(([name, value]) => row[name as keyof RunKey] === value));
    },
    rewind: ({ loss, seed, fold = 0, epoch }) =>
      rewriteHistory(
        storage,
        (row) => row.loss === loss && row.seed === seed && row.fold === fold && row.epoch > epoch,
      ),
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

import type { PlainTensor, Storage } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Checkpoint, CheckpointMetadata } from './checkpoint.js';
import type { HistoryRow } from './history.js';
import type { RunProblem } from './validate.js';

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

export interface PicturesRecord extends RunKey {
  /** Epochs done. */
  readonly epoch: number;
  /** PNG files by name. */
  readonly pictures: Readonly<Record<string, Uint8Array>>;
}

export interface HistogramsRecord extends RunKey {
  /** Epochs done. */
  readonly epoch: number;
  /** Numbers by name: the weights of each layer, say. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
}

/** A run folder. Every write is atomic; reading never uses what is damaged. */
export interface Run {
  /** Where the run is kept. What is written through it is recorded in the manifests, what is read is checked by them. */
  readonly storage: Storage;
  /** In which form it was written; 0 before runs had manifests. */
  readonly format: number;
  /** What `config.yaml` holds. */
  readonly config: unknown;
  /**
   * Appends an epoch to `history.csv` and to the TensorBoard files.
   * @param record the training, the epochs done, and its numbers by split and measure.
   * @returns when the files are written.
   * @throws {SegscapeError} `NOT_WRITABLE`; `BAD_OPTION` for a name with a line break, and for what is no whole number (seed, fold, epoch)
   *   or no number (measures; NaN and infinities are numbers). Nothing is written then.
   */
  recordEpoch(record: EpochRecord): Promise<void>;
  /**
   * Scalars of one training step, for TensorBoard alone.
   * @param record the training, the step, and its numbers by name.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`; `BAD_OPTION` as of `recordEpoch`.
   */
  recordStep(record: StepRecord): Promise<void>;
  /**
   * Pictures of an epoch, of predictions for instance, for TensorBoard alone.
   * @param record the training, the epochs done, and PNG files by name.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`; `CORRUPT_FILE` for what is no PNG; `BAD_OPTION` as of `recordEpoch`.
   */
  recordPictures(record: PicturesRecord): Promise<void>;
  /**
   * Histograms of an epoch, of the weights for instance, for TensorBoard alone.
   * @param record the training, the epochs done, and numbers by name; those that are not finite are in no bucket.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`; `BAD_OPTION` as of `recordEpoch`.
   */
  recordHistograms(record: HistogramsRecord): Promise<void>;
  /**
   * What was recorded; a repeated epoch counts once, as recorded last.
   * @param of those of a loss, seed or fold only. Default: all.
   * @returns a row for each number, in the order of their first recording.
   * @throws {SegscapeError} `CORRUPT_FILE` naming the line, or the file where it was written and is gone; `BAD_OPTION` for another name.
   */
  history(of?: Partial<RunKey>): Promise<HistoryRow[]>;
  /**
   * Forgets the epochs after one of a training, before it goes on from a checkpoint.
   * @param key the training, and the last `epoch` that stays.
   * @returns when the history is written.
   * @throws {SegscapeError} `CORRUPT_FILE`, `NOT_WRITABLE`; `BAD_OPTION` as of `recordEpoch`.
   */
  rewind(key: RunKey & { readonly epoch: number }): Promise<void>;
  /**
   * Saves tensors as `checkpoints/<name>.safetensors`. The same name is replaced, so `latest` is the rolling one and any other
   * name stays.
   * @param name may have folders: `'ce-1-1/seed-0/latest'`.
   * @param tensors of any shape, by name, on a backend or in host memory; they stay the caller's.
   * @param metadata anything that JSON can hold. Default `{}`.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`; `BAD_OPTION` for a name that leads out of the folder.
   */
  saveCheckpoint(
    name: string,
    tensors: Readonly<Record<string, Tensor | PlainTensor>>,
    metadata?: CheckpointMetadata,
  ): Promise<void>;
  /**
   * Reads a checkpoint and proves it whole.
   * @param name as it was saved.
   * @returns the tensors in host memory, by name, and the metadata.
   * @throws {SegscapeError} `NOT_FOUND`, or `CORRUPT_CHECKPOINT` when it is damaged.
   */
  loadCheckpoint(name: string): Promise<Checkpoint>;
  /**
   * Which checkpoints there are.
   * @param folder those under it only: `'ce-1-1/seed-0'`. Default: all.
   * @returns their names, with folders, sorted.
   */
  checkpoints(folder?: string): Promise<string[]>;
  /**
   * Removes a checkpoint; not an error where there is none.
   * @param name as it was saved.
   * @returns when it is gone.
   */
  removeCheckpoint(name: string): Promise<void>;
  /**
   * Keeps a surface as `landscapes/<name>.h5`, in place of one of that name.
   * @param name may have folders.
   * @param bytes of an HDF5 file.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`.
   */
  writeLandscape(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Reads a surface.
   * @param name as it was written.
   * @returns the bytes of its HDF5 file.
   * @throws {SegscapeError} `NOT_FOUND`, or `CORRUPT_FILE` when it is not what was written.
   */
  readLandscape(name: string): Promise<Uint8Array>;
  /** Which surfaces there are. @returns their names, sorted. */
  landscapes(): Promise<string[]>;
  /**
   * Keeps a picture as `maps/<name>.png`, in place of one of that name.
   * @param name may have folders.
   * @param bytes of a PNG file.
   * @returns when the file is written.
   * @throws {SegscapeError} `NOT_WRITABLE`.
   */
  writeMap(name: string, bytes: Uint8Array): Promise<void>;
  /**
   * Reads a picture.
   * @param name as it was written.
   * @returns the bytes of its PNG file.
   * @throws {SegscapeError} `NOT_FOUND`, or `CORRUPT_FILE` when it is not what was written.
   */
  readMap(name: string): Promise<Uint8Array>;
  /** Which pictures there are. @returns their names, sorted. */
  maps(): Promise<string[]>;
  /**
   * Brings files that grow back to what is recorded of them, before a killed run goes on.
   * @returns when all are.
   * @throws {SegscapeError} `CORRUPT_FILE` for one that is not what was written, `NOT_WRITABLE`.
   */
  cutTails(): Promise<void>;
  /** Reads every file. @returns each that is damaged or missing; an empty list is a sound run. */
  validate(): Promise<RunProblem[]>;
}

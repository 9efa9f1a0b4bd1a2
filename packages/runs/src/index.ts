/**
 * The run folder: config, history, TensorBoard events, checkpoints, maps and landscapes as plain files that other
 * tools open, written atomically.
 *
 *     import { createRun, memoryStorage } from '@segscape/runs';
 *
 *     const run = await createRun(memoryStorage(), { epochs: 20 });
 *     await run.recordEpoch({ loss: 'dice', seed: 0, epoch: 1, measures: { train: { loss: 0.4 } } });
 *     await run.history(); // [{ loss: 'dice', seed: 0, fold: 0, epoch: 1, split: 'train', measure: 'loss', value: 0.4 }]
 *
 * @module
 */
export {
  type Checkpoint,
  type CheckpointMetadata,
  decodeCheckpoint,
  encodeCheckpoint,
} from './checkpoint.js';
export { csvCell } from './csv-cell.js';
export { type CsvExport, exportCsv } from './export/csv.js';
export { exportMlflow, type MlflowExport, type MlflowOptions } from './export/mlflow.js';
export { type HistoryRow, parseHistory } from './history.js';
export { type EpochOfTraining, type TensorBoardOptions, tensorBoard } from './logged-events.js';
export { runFormat } from './manifest.js';
export { memoryStorage } from './memory-storage.js';
export { createRun, openRun, type RunOptions } from './open-run.js';
export { opfsStorage } from './opfs-storage.js';
export { pathName } from './path-name.js';
export type { EpochRecord, HistogramsRecord, PicturesRecord, Run, RunKey, StepRecord } from './run.js';
export { subStorage } from './sub-storage.js';
export { type RunProblem, validateRun } from './validate.js';

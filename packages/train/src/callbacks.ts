/**
 * What one does beside a training, each a few lines over its stream of events: they pass every event on, so that they stand
 * one around the other.
 *
 *     import { fit } from '@segscape/train';
 *     import { csvLogger, earlyStopping } from '@segscape/train/callbacks';
 *
 *     for await (const event of csvLogger(earlyStopping(fit(options), { patience: 5 }), append)) …
 *
 * @module
 */
export { type CsvLoggerOptions, csvLogger } from './callbacks/csv-logger.js';
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping.js';
export { type ProgressBarOptions, progressBar } from './callbacks/progress-bar.js';
export {
  type RatedTraining,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
} from './callbacks/reduce-on-plateau.js';
export { type SaveBestOptions, saveBest } from './callbacks/save-best.js';
export type { WatchOptions } from './callbacks/watch.js';

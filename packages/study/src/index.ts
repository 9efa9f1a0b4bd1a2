/**
 * The whole comparison of losses, without a face: config → data, model, losses, surfaces → report.
 *
 *     import { runStudy } from '@segscape/study';
 *     import { memoryStorage } from '@segscape/runs';
 *
 *     for await (const event of runStudy({ losses: ['crossEntropy', 'dice'] }, { storage: memoryStorage() }))
 *       if (event.type === 'progress') show(event.stage, event.done / event.total);
 *
 * @module
 */
export { parseStudyConfig, studyJsonSchema } from './config/parse.js';
export { type PresetName, presets } from './config/presets.js';
export type { StudyConfig, StudyInput } from './config/schema.js';
export type { ScoreRow, Stage, StudyEvent, StudyResult } from './events.js';
export { paddingLabel } from './framing.js';
export type { MaterialSummary } from './material.js';
export {
  exportOnnx,
  type ModelRecord,
  openPredictor,
  type Prediction,
  type Predictor,
  type PredictorOptions,
  readModelRecord,
} from './predictor.js';
export { type Maker, type StudyRegistry, studyRegistry } from './registry.js';
export { type EnvironmentRecord, type RunStudyOptions, runStudy } from './run-study.js';

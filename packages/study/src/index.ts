/**
 * The whole comparison of losses, without a face: config → data, model, losses, surfaces → report.
 *
 *     import { runStudy } from '@segscape/study';
 *     import { memoryStorage } from '@segscape/runs';
 *
 *     for await (const event of runStudy({ losses: ['crossEntropy', 'dice'] }, { storage: memoryStorage() }))
 *       if (event.type === 'progress') show(event.stage, event.completed / event.total);
 *
 * @module
 */
export type { BioimageioOptions } from './bioimageio/bioimageio-package.js';
export type { Author, Citation } from './bioimageio/description.js';
export { studyJsonSchema } from './config/json-schema.js';
export { parseStudyConfig } from './config/parse.js';
export { type PresetName, presets } from './config/presets.js';
export type { StudyConfig, StudyInput } from './config/schema.js';
export type { EnvironmentRecord } from './environment.js';
export type { EstimateFact, ScoreRow, Stage, StudyEvent, StudyResult } from './events.js';
export type {
  ClassFacts,
  Finding,
  FramingProposal,
  MaskExamination,
  MeasureProposal,
  Proposal,
} from './examine/examination.js';
export type { ExamineOptions } from './examine/examine-masks.js';
export type { ExperimentFact, ExperimentPicture, FollowedFact } from './experiment/experiment-fact.js';
export type { ExportOnnxOptions } from './export-onnx.js';
export { gridRegistry } from './grid-objective.js';
export type { JudgeEvent } from './judge/judge-event.js';
export type { JudgedSurfacesOptions, JudgeOptions, ProbabilityMaps } from './judge/judge-options.js';
export { predictedMaps } from './judge/methods.js';
export { defineKind, type Kind, type Maker, type Part, type Parts } from './kinds/kind.js';
export type { Measure, MeasuredImage } from './kinds/measure.js';
export { kindsOf, type StudyRegistry, studyRegistry, withKinds } from './kinds/registry.js';
export { type PixelOffset, withMaskOffset } from './mask-offset.js';
export type { ModelRecord, NetworkRecord } from './model-record.js';
export { examineMasks, judgeMasks } from './on-demand/masks.js';
export {
  bioimageioPackage,
  exportOnnx,
  onnxPredictor,
  openPredictor,
  openRunSights,
  openSurfaceWalk,
  readModelRecord,
  weightsPredictor,
} from './on-demand/networks.js';
export { runStudy, trainingSamples, verifyRun, verifyStudy } from './on-demand/runs.js';
export type { Evidence, StudyFinding, Verdict } from './original-study/finding.js';
export { paddingLabel } from './padding-and-crop.js';
export type { DecisionFact, Look } from './plan/decision.js';
export type { CaseFact } from './plan/shown-images.js';
export { classMask } from './predict/class-mask.js';
export { type Activation, type KnownNetwork, ofClass } from './predict/known-network.js';
export type { Ensemble, LeftOut, Member } from './predict/members.js';
export type { ModelPredictor, ModelPredictorOptions } from './predict/model-predictor.js';
export type { OnnxPredictor, OnnxPredictorOptions } from './predict/onnx-predictor.js';
export {
  type InstancePreset,
  instancePresets,
  type Objects,
  type PostprocessOptions,
  postprocess,
} from './predict/postprocess.js';
export type { Prediction } from './predict/prediction.js';
export type { Threshold } from './predict/threshold.js';
export type { WeightsPredictorOptions } from './predict/weights-predictor.js';
export type { Predictor, PredictorOptions } from './predictor.js';
export type { RunStudyOptions } from './run-study.js';
export type { SetupSummary, SetupSummary as MaterialSummary } from './setup.js';
export type { DisputedImage, DisputesFact } from './tasks/disputes.js';
export type { CrossedFact, EigenvectorFact, SpreadFact, SurfaceTrust } from './tasks/surface-trust.js';
export type { ThresholdFact } from './tasks/validated-threshold.js';
export type { TrainingSample, TrainingSamplesOptions } from './training-samples.js';
export type { Verified, VerifiedDifference, VerifyEvent } from './verify-run.js';
export type { SurfacePlace } from './walk/grounds.js';
export type { RunSights, RunSightsOptions, TrainingMoment } from './walk/run-sights.js';
export type { Sight, SightOptions } from './walk/sight.js';
export type { SeenPlace, SurfaceWalk, SurfaceWalkOptions } from './walk/surface-walk.js';

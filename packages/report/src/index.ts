/**
 * Figures and the self-contained HTML report of a study.
 *
 *     import { reportHtml } from '@segscape/report';
 *
 *     await storage.write('report.html', await reportHtml(storage));
 *
 * @module
 */
export type {
  CalibrationFact,
  ClassCalibrationFact,
  ReliabilityFact,
} from './calibration-facts.js';
export { type ComparedRun, compareRuns } from './compare-runs.js';
export { csvCell } from './data/csv.js';
export { type Curve, type CurvesOptions, curvesByMeasure, curvesOf } from './data/curves.js';
export { comparedTitle } from './data/title.js';
export { latexTable, methodsParagraph } from './data/words-of-methods.js';
export type { DecisionFact, LookFact } from './decision-facts.js';
export type { CaseFact, DisputedImageFact, DisputesFact } from './dispute-facts.js';
export type {
  DataClassFact,
  DataSheetFact,
  EvidenceFacts,
  FilterFact,
  FindingFact,
  GradientCosinesFact,
  ProposalFact,
  SimilarityFact,
  StepCurveFact,
  StepsFact,
} from './evidence-facts.js';
export type {
  ExperimentFact,
  ExperimentImageFact,
  ExperimentPictureFact,
  FollowedFact,
} from './experiment-facts.js';
export type {
  ComparisonFact,
  DivergenceFact,
  EnvironmentFact,
  IntervalFact,
  MaterialFact,
  NetworkFact,
  PictureFact,
  PictureValuesFact,
  PowerFact,
  PowerPoint,
  ProfileFact,
  ReportFacts,
  ScoreFact,
  SelectionFact,
  SurfaceFact,
  ThresholdFact,
  VarianceFact,
} from './facts.js';
export { type CurvesSvgOptions, curvesSvg } from './figures/curves-svg.js';
export { type IntervalRow, type IntervalsSvgOptions, intervalsSvg } from './figures/intervals-svg.js';
export { type MapPath, type MapSvgOptions, mapSvg } from './figures/map-svg.js';
export {
  type ReliabilityRow,
  type ReliabilitySvgOptions,
  reliabilitySvg,
} from './figures/reliability-svg.js';
export type { FigureStyle } from './figures/style.js';
export { type SurfacePanel, surfacePairSvg } from './figures/surface-pair-svg.js';
export { type SurfaceSvgOptions, surfaceSvg } from './figures/surface-svg.js';
export type { SurfaceGrid } from './figures/terrain.js';
export { figuresOfRun, type RunFigure } from './figures-of-run.js';
export type { FoldsFact } from './fold-facts.js';
export type {
  BarrierFact,
  CrossedFact,
  CurvatureFact,
  EigenvectorFact,
  ForensicsFact,
  GroupShareFact,
  LayerChangeFact,
  LineFact,
  MapFact,
  PlaceFact,
  SpreadFact,
  StationFact,
  SurfaceNumbersFact,
  TrustFact,
  WeightChangeFact,
} from './landscape-facts.js';
export type { LearningRatesFact, LossRateFact, TriedRateFact } from './learning-rate-facts.js';
export { type ColouriseOptions, colourise } from './pictures/colourise.js';
export { classColours, lossColours, type Rgb, type Scheme } from './pictures/colours.js';
export { differenceMap, outlineMask } from './pictures/masks.js';
export { type PackedRange, packedRange, packValues, unpackValues } from './pictures/packed-values.js';
export { type PercentileRangeOptions, percentileRange } from './pictures/percentile-range.js';
export { encodePng } from './pictures/png.js';
export { toRgb } from './pictures/rgb.js';
export type { ReportOptions } from './privacy/nameless.js';
export { reportHtml } from './report-html.js';

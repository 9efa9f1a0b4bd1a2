import type { CalibrationFact, ClassCalibrationFact, ReliabilityFact } from '../calibration-facts.js';
import type {
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
} from '../landscape-facts.js';
import { count, dictionary, list, measured, oneOf, optional, record, text, whole } from './fields.js';

const place = record<PlaceFact>({ x: measured, y: measured });

export const map = record<MapFact>({
  name: text,
  kind: oneOf('minima', 'path'),
  loss: optional(text),
  minima: optional(dictionary(place)),
  paths: dictionary(list(record<StationFact>({ epoch: count, x: measured, y: measured }))),
  explainedVariance: list(measured),
});

export const barrier = record<BarrierFact>({ from: text, to: text, heights: dictionary(measured) });

export const surfaceNumbers = record<SurfaceNumbersFact>({
  name: text,
  minimum: measured,
  roughness: measured,
  convexity: measured,
  basinWidth: measured,
  minima: count,
  meanPersistence: measured,
});

export const forensics = record<ForensicsFact>({
  loss: text,
  epoch: count,
  shares: dictionary(
    dictionary(list(record<GroupShareFact>({ group: text, pixels: measured, share: measured }))),
  ),
});

const spreadFields = { mean: measured, spread: measured, low: measured, high: measured, count };
const spread = record<SpreadFact>(spreadFields);
const crossed = record<CrossedFact>({ ...spreadFields, planes: count });

const eigenvector = record<EigenvectorFact>({
  value: measured,
  plane: measured,
  directions: list(measured),
  gradient: measured,
});

const line = record<LineFact>({
  x: list(measured),
  directions: count,
  mean: list(measured),
  spread: list(measured),
  images: optional(
    record<NonNullable<LineFact['images']>>({
      count,
      mean: list(measured),
      low: list(measured),
      high: list(measured),
    }),
  ),
});

export const trust = record<TrustFact>({
  name: text,
  loss: text,
  sentence: text,
  pathShare: optional(measured),
  gradientShare: optional(measured),
  noiseFloor: optional(measured),
  statistics: optional(dictionary(spread)),
  seeds: optional(dictionary(crossed)),
  line: optional(line),
  eigenvectors: optional(list(eigenvector)),
});

export const curvature = record<CurvatureFact>({
  loss: text,
  seed: whole,
  epoch: count,
  eigenvalues: list(record<CurvatureFact['eigenvalues'][number]>({ value: measured, error: measured })),
  trace: measured,
  standardError: measured,
  sharpness: measured,
});

export const weightChange = record<WeightChangeFact>({
  loss: text,
  seed: whole,
  epochs: list(count),
  layers: list(record<LayerChangeFact>({ layer: text, size: count, relative: list(measured) })),
});

const reliability = record<ReliabilityFact>({ count, confidence: measured, accuracy: measured });

export const calibration = record<CalibrationFact>({
  loss: text,
  seed: whole,
  classes: list(record<ClassCalibrationFact>({ name: text, error: measured, bins: list(reliability) })),
  trueClass: optional(list(count)),
});

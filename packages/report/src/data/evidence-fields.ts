import type {
  DataClassFact,
  DataSheetFact,
  EvidenceFacts,
  FilterFact,
  FindingFact,
  GradientCosinesFact,
  MeasureProposalFact,
  ProposalFact,
  SimilarityFact,
  StepCurveFact,
  StepsFact,
} from '../evidence-facts.js';
import { count, type Field, flag, list, measured, oneOf, optional, record, text, whole } from './fields.js';
import { curvature, trust, weightChange } from './landscape-fields.js';

const dataSheet = record<DataSheetFact>({
  images: count,
  of: count,
  groups: count,
  classes: list(
    record<DataClassFact>({
      name: text,
      share: measured,
      without: count,
      objects: measured,
      diameters: list(measured),
      width: measured,
      elongation: measured,
    }),
  ),
  ignored: measured,
  spacing: optional(
    record<NonNullable<DataSheetFact['spacing']>>({
      images: count,
      smallest: list(measured),
      largest: list(measured),
    }),
  ),
  findings: list(
    record<FindingFact>({
      kind: text,
      level: oneOf('note', 'warning'),
      text,
      images: optional(list(text)),
    }),
  ),
  proposals: list(record<ProposalFact>({ label: text, reason: text, paper: text, compared: list(text) })),
  measures: optional(
    list(record<MeasureProposalFact>({ label: text, reason: text, paper: text, scored: flag })),
  ),
});

const rows = list(list(measured));

const gradientCosines = record<GradientCosinesFact>({
  loss: text,
  epoch: count,
  losses: list(text),
  cosines: rows,
});

const similarity = record<SimilarityFact>({
  a: text,
  b: text,
  rows: list(text),
  columns: list(text),
  values: rows,
  images: count,
  places: count,
});

const stepCurve = record<StepCurveFact>({ mean: list(measured), low: list(measured), high: list(measured) });

const steps = record<StepsFact>({
  loss: text,
  seed: whole,
  steps: list(count),
  value: stepCurve,
  gradientNorm: optional(stepCurve),
  learningRate: optional(list(measured)),
});

const filter = record<FilterFact>({
  name: text,
  loss: text,
  epoch: count,
  layer: text,
  filter: count,
  before: measured,
  after: measured,
});

/** The fields of `EvidenceFacts`. */
export const evidence: { readonly [K in keyof Required<EvidenceFacts>]: Field<EvidenceFacts[K]> } = {
  dataSheet: optional(dataSheet),
  trust: optional(list(trust)),
  curvature: optional(list(curvature)),
  weightChange: optional(list(weightChange)),
  gradientCosines: optional(list(gradientCosines)),
  similarities: optional(list(similarity)),
  steps: optional(list(steps)),
  filters: optional(list(filter)),
};

import type {
  ExperimentFact,
  ExperimentImageFact,
  ExperimentPictureFact,
  FollowedFact,
} from '../experiment-facts.js';
import { count, dictionary, list, measured, oneOf, optional, record, text, whole } from './fields.js';
import { pictureValues } from './picture-fields.js';

const image = record<ExperimentImageFact>({
  id: text,
  part: oneOf('train', 'validation', 'test'),
  foreground: measured,
  rule: optional(oneOf('little', 'much')),
});

const followed = record<FollowedFact>({
  image: text,
  loss: text,
  learningRate: optional(measured),
  iterations: list(count),
  values: dictionary(list(measured)),
  gradientNorms: list(measured),
  iou: optional(list(measured)),
  confidence: optional(list(measured)),
  file: text,
  diverged: optional(count),
});

const picture = record<ExperimentPictureFact>({
  name: text,
  group: oneOf('prediction', 'difference', 'confidence', 'loss', 'gradient'),
  title: text,
  sample: text,
  loss: optional(text),
  iteration: optional(count),
  caption: optional(text),
  values: optional(pictureValues),
});

export const experiment = record<ExperimentFact>({
  from: record<ExperimentFact['from']>({ loss: optional(text), epoch: count, seed: whole }),
  iterations: count,
  every: count,
  images: list(image),
  runs: list(followed),
  pictures: list(picture),
});

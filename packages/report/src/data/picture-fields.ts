import type { PictureFact, PictureValuesFact } from '../picture-facts.js';
import { count, measured, oneOf, optional, record, text } from './fields.js';

export const pictureValues = record<PictureValuesFact>({ name: text, low: measured, high: measured });

export const picture = record<PictureFact>({
  name: text,
  group: oneOf('augmentation', 'prediction', 'confidence', 'loss', 'difference'),
  title: text,
  sample: optional(text),
  loss: optional(text),
  caption: optional(text),
  epoch: optional(count),
  values: optional(pictureValues),
});

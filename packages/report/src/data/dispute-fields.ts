import type { CaseFact, DisputedImageFact, DisputesFact } from '../dispute-facts.js';
import { dictionary, list, measured, oneOf, optional, record, text, whole } from './fields.js';

export const disputes = record<DisputesFact>({
  measure: oneOf('jaccardDistance'),
  seeds: dictionary(whole),
  images: list(record<DisputedImageFact>({ id: text, disagreement: measured, byLoss: dictionary(measured) })),
});

export const shownCase = record<CaseFact>({ loss: text, worst: text, best: text, disputed: optional(text) });

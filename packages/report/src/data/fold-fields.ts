import type { FoldsFact } from '../fold-facts.js';
import { count, list, measured, record, text } from './fields.js';

export const folds = record<FoldsFact>({
  measure: text,
  images: list(count),
  losses: list(
    record<FoldsFact['losses'][number]>({ loss: text, means: list(measured), deviation: measured }),
  ),
});

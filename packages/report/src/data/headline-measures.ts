import type { ReportFacts } from '../facts.js';
import { measuresOf } from './scores.js';

/** Kinds of measures that every study has. */
const always = new Set([
  'loss',
  'pixelAccuracy',
  'iou',
  'dice',
  'precision',
  'recall',
  'specificity',
  'areaRatio',
  'confidence',
  'mean',
]);

/** Measures that answer the study's question, of those that were scored. */
export function headlineMeasures(facts: ReportFacts): string[] {
  const { foreground, classes } = facts;
  const wanted = [
    `iou.${foreground}`,
    `dice.${foreground}`,
    'pixelAccuracy',
    `confidence.${foreground}`,
    ...classes.filter((name) => name !== foreground).map((name) => `confidence.${name}`),
  ];
  const there = measuresOf(facts);
  // What a config asked for is asked for because it matters: of the foreground, or of the whole image.
  const asked = there.filter((measure) => {
    const [kind = '', of = foreground] = measure.split('.');
    return !always.has(kind) && of === foreground;
  });
  return [...wanted.filter((measure) => there.includes(measure)), ...asked];
}

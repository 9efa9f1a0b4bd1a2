import type { PowerFact, ReportFacts } from '../facts.js';

/** Whether pairs were to be compared and could not be: no test tells scatter from difference by one patient, or by none. */
export const isUntestable = ({ comparisons = [] }: ReportFacts): boolean =>
  comparisons.length > 0 && comparisons.every(({ n, p }) => n < 2 && !Number.isFinite(p));

/** What power is known; none where nothing was known of the scatter. */
export const knownPower = ({ power }: ReportFacts): PowerFact | undefined =>
  power?.bySeeds.some((point) => Number.isFinite(point.power ?? Number.NaN)) ? power : undefined;

import type { CalibrationFact, ClassCalibrationFact, ReliabilityFact } from '../calibration-facts.js';
import type { ReportFacts } from '../facts.js';
import type { ReliabilityRow } from '../figures/reliability-svg.js';

/** Bins of several seeds as one: means weighted by their pixels. */
function pooled(all: readonly (readonly ReliabilityFact[])[]): ReliabilityFact[] {
  return (all[0] ?? []).map((_, k) => {
    const there = all.flatMap((bins) => bins[k] ?? []).filter(({ count }) => count > 0);
    const count = there.reduce((sum, bin) => sum + bin.count, 0);
    const of = (value: (bin: ReliabilityFact) => number) =>
      there.reduce((sum, bin) => sum + bin.count * value(bin), 0) / count;
    return {
      count,
      confidence: of(({ confidence }) => confidence),
      accuracy: of(({ accuracy }) => accuracy),
    };
  });
}

/**
 * A class of one training.
 * @param fact of the training.
 * @param name of the class.
 */
export const classOf = ({ classes }: CalibrationFact, name: string): ClassCalibrationFact | undefined =>
  classes.find((entry) => entry.name === name);

/**
 * Classes whose diagrams are drawn: of two only the last, since the background is what the foreground is not.
 * @param facts of the run.
 */
export function classNames({ classes, calibration = [] }: ReportFacts): string[] {
  const named = classes.filter((name) => calibration.some((entry) => classOf(entry, name)));
  return named.length > 2 ? named : named.slice(-1);
}

/**
 * The bins of a class by loss, those of the seeds together.
 * @param facts of the run.
 * @param name of the class.
 * @param colour of a loss by its place.
 */
export const reliabilityRows = (
  { losses, calibration = [] }: ReportFacts,
  name: string,
  colour: (place: number) => string,
): ReliabilityRow[] =>
  losses.flatMap((label, i) => {
    const own = calibration
      .filter(({ loss }) => loss === label)
      .flatMap((entry) => classOf(entry, name) ?? []);
    const bins = pooled(own.map((entry) => entry.bins));
    return bins.length === 0 ? [] : [{ label, colour: colour(i), bins }];
  });

import type { Curve } from '../data/curves.js';
import { measureTitle } from '../data/scores.js';
import { knownPower } from '../data/testable.js';
import type { PowerPoint, ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { type Html, html, nothing } from '../html.js';
import { lossVariable, savedFigure } from './markup.js';

const seeds = 'seeds';
const patients = 'test patients';
/** Ends of an axis of probabilities. */
export const shares = [0, 1] as const;

/** A figure of how power grows with the size of a study. */
export interface PowerFigure {
  readonly title: string;
  readonly across: string;
  readonly curves: readonly Curve[];
}

/**
 * How likely studies of other sizes would be to settle the leader against the next.
 * @param facts of a run.
 * @param colour of a loss by its place.
 * @returns none where the run has no power, or only one size of a kind.
 */
export function powerFigures(facts: ReportFacts, colour: (place: number) => string): PowerFigure[] {
  const { losses } = facts;
  const power = knownPower(facts);
  if (power === undefined) return [];
  const { a, b, bySeeds, byGroups } = power;
  const figure = (
    across: string,
    points: readonly PowerPoint[],
    of: (point: PowerPoint) => number,
  ): PowerFigure[] => {
    const there = [...points].sort((one, other) => of(one) - of(other));
    if (there.length < 2) return [];
    return [
      {
        title: `Power by ${across}`,
        across,
        curves: [
          {
            label: `${a} against ${b}`,
            colour: colour(losses.indexOf(a)),
            split: '',
            epochs: there.map(of),
            mean: there.map((point) => point.power),
          },
        ],
      },
    ];
  };
  return [
    ...figure(seeds, bySeeds, (point) => point.seeds),
    ...figure(patients, byGroups, ({ groups }) => groups),
  ];
}

/**
 * The power curves with what they assume.
 * @param facts of the run.
 */
export function powerHtml(facts: ReportFacts): Html {
  const figures = powerFigures(facts, lossVariable);
  const power = knownPower(facts);
  if (power === undefined || figures.length === 0) return nothing;
  const drawn = figures.map(({ title, across, curves }) =>
    savedFigure(
      title,
      curvesFigure(curves, { title, across, range: shares, style: pageStyle }),
      curvesTable(curves, across),
    ),
  );
  const { a, b, measure, difference, seeds: own, groups } = power;
  return html`<h3>What would settle it</h3><div class="charts">${drawn}</div><p class="note">How likely a study of another size would be to find p below 0.05 between ${a} and ${b} by ${measureTitle(measure)}, if the true difference is the one seen here (${shortNumber(difference)}) and the scatter, too. Of these two only, without the correction for the other pairs. A difference that luck made large looks easier to settle than it is. This study had ${own} ${own === 1 ? 'seed' : 'seeds'} and ${groups} test ${groups === 1 ? 'patient' : 'patients'}; one number changes, the other stays.</p>`;
}

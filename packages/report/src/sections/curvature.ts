import type { Curve } from '../data/curves.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { html, nothing } from '../html.js';
import type { CurvatureFact } from '../landscape-facts.js';
import { lossVariable, type Section, savedFigure } from './markup.js';

/** A number at an epoch with the ends of its interval, where it has one. */
type Measured = (fact: CurvatureFact) => readonly [value: number, error: number | undefined];

const eigenvalue =
  (place: number): Measured =>
  ({ eigenvalues }) => [eigenvalues[place]?.value ?? Number.NaN, eigenvalues[place]?.error ?? 0];

function curvesOf({ losses, curvature = [] }: ReportFacts, measured: Measured): Curve[] {
  return losses.flatMap((label, i) => {
    const own = curvature.filter(({ loss }) => loss === label).sort((a, b) => a.epoch - b.epoch);
    const values = own.map(measured);
    if (!values.some(([value]) => Number.isFinite(value))) return [];
    const mean = values.map(([value]) => value);
    const has = values.some(([, error]) => error !== undefined);
    return [
      {
        label,
        colour: lossVariable(i),
        split: '',
        epochs: own.map(({ epoch }) => epoch),
        mean,
        ...(has && {
          low: values.map(([value, error = 0]) => value - error),
          high: values.map(([value, error = 0]) => value + error),
        }),
      },
    ];
  });
}

/**
 * How each loss bends around its own network through training.
 * @param facts of the run.
 */
export function curvatureSection(facts: ReportFacts): Section {
  const { curvature = [] } = facts;
  const count = Math.max(0, ...curvature.map(({ eigenvalues }) => eigenvalues.length));
  const figures = [
    ...Array.from({ length: count }, (_, k) => ({
      title: k === 0 ? 'Largest eigenvalue' : `Eigenvalue ${k + 1}`,
      measured: eigenvalue(k),
    })),
    {
      title: 'Trace',
      measured: (({ trace, standardError }) => [trace, 1.96 * standardError]) satisfies Measured,
    },
    { title: 'Sharpness', measured: (({ sharpness }) => [sharpness, undefined]) satisfies Measured },
  ]
    .map(({ title, measured }) => ({ title, curves: curvesOf(facts, measured) }))
    .filter(({ curves }) => curves.length > 0);
  const drawn = figures.map(({ title, curves }) =>
    savedFigure(`Curvature ${title}`, curvesFigure(curves, { title, style: pageStyle }), curvesTable(curves)),
  );
  return {
    id: 'curvature',
    title: 'Curvature through training',
    lead: 'Of the Hessian of the loss that each network was trained with, at its own weights: large eigenvalues are steep walls, a small trace is a flat valley. Losses are not on one scale: compare the shapes.',
    content:
      drawn.length === 0
        ? nothing
        : html`<div class="charts">${drawn}</div><p class="note">Eigenvalues by Lanczos, the band is the bound of their error; the trace by Hutch++ (Meyer et al., 2021) with its 95 % interval; sharpness is the rise of the loss found within a small ball (Foret et al., 2021), a lower bound.</p>`,
  };
}

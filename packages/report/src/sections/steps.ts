import type { Curve } from '../data/curves.js';
import type { StepCurveFact, StepsFact } from '../evidence-facts.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { spansDecades } from '../figures/terrain.js';
import { html, nothing } from '../html.js';
import { lossVariable, type Section, savedFigure } from './markup.js';

/** More points than pixels show nothing. */
const most = 500;

const across = 'step';

/** Every so many values, of the last one too. */
const some = (values: readonly number[], places: readonly number[]) => places.map((i) => values[i]!);

function placesOf(count: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
}

/**
 * The length of the gradient, the learning rate and the loss step by step, of the first seed of each loss.
 * @param facts of the run.
 */
export function stepsSection({ losses, steps = [] }: ReportFacts): Section {
  const curvesBy = (of: (fact: StepsFact) => StepCurveFact | undefined): Curve[] =>
    losses.flatMap((label, i) => {
      const own = steps.find(({ loss }) => loss === label);
      const curve = own && of(own);
      if (own === undefined || curve === undefined || !curve.mean.some(Number.isFinite)) return [];
      const places = placesOf(own.steps.length);
      return [
        {
          label,
          colour: lossVariable(i),
          split: '',
          epochs: some(own.steps, places),
          mean: some(curve.mean, places),
          low: some(curve.low, places),
          high: some(curve.high, places),
        },
      ];
    });
  const rates = curvesBy(({ learningRate: mean }) => mean && { mean, low: mean, high: mean }).map(
    ({ low: _, high: __, ...curve }): Curve => curve,
  );
  const figures = [
    { title: 'Length of the gradient', curves: curvesBy(({ gradientNorm }) => gradientNorm) },
    { title: 'Learning rate', curves: rates },
    { title: 'Loss of each step', curves: curvesBy(({ value }) => value) },
  ].filter(({ curves }) => curves.length > 0);
  const drawn = figures.map(({ title, curves }) => {
    const log = spansDecades(curves.map(({ mean }) => mean));
    return savedFigure(
      `Steps ${title}`,
      curvesFigure(curves, { title, across, log, style: pageStyle }),
      curvesTable(curves, across),
    );
  });
  const joined = steps.some(({ steps: own }) => (own.at(-1) ?? 0) > own.length);
  const points = joined
    ? ' A point is the mean of some steps that follow each other, the band goes from the smallest to the largest of them.'
    : '';
  const seeds = [...new Set(steps.map(({ seed }) => seed))];
  return {
    id: 'steps',
    title: 'Step by step',
    lead: 'What every step of a training tells: spikes of the gradient are steps that may undo earlier ones, a gradient that fades away is a loss that has stopped to teach.',
    content:
      drawn.length === 0
        ? nothing
        : html`<div class="charts">${drawn}</div><p class="note">Of seed ${seeds.join(', ')}.${points} Gradients are measured before any clipping; losses are not on one scale. Every step stands in the run’s folder, in <code>steps/</code>.</p>`,
  };
}

import type { Curve } from '../data/curves.js';
import type { ExperimentFact, FollowedFact } from '../experiment-facts.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { pageStyle } from '../figures/style.js';
import { spansDecades } from '../figures/terrain.js';
import { type Html, html, nothing } from '../html.js';
import { lossVariable, savedFigure } from './markup.js';

/** What an image's curves run along. */
export const alongIterations = 'iteration';

/** A figure of curves over the iterations on one image. */
export interface ExperimentFigure {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly log: boolean;
  /** Of shares: the whole axis. */
  readonly range?: readonly [number, number];
  /** Whether it is of every loss, which says less than the others. */
  readonly more?: boolean;
}

const valuesOf = ({ values }: FollowedFact, loss: string): readonly number[] =>
  (Object.hasOwn(values, loss) ? values[loss] : undefined) ?? [];

/**
 * The curves of an image: IoU and confidence of the foreground, each training seen by its own loss, the length of its gradient, and every loss during every training.
 * @param experiment of a run.
 * @param id of the image.
 * @param losses in the order of their colours.
 * @param colour of a loss by its place.
 * @param foreground that IoU and confidence are of.
 * @returns figures with curves; the first say most.
 */
export function experimentFigures(
  { runs }: ExperimentFact,
  id: string,
  losses: readonly string[],
  colour: (place: number) => string,
  foreground = 'the foreground',
): ExperimentFigure[] {
  const own = runs.filter(({ image }) => image === id);
  const figure = (title: string, of: (run: FollowedFact) => readonly number[]): ExperimentFigure[] => {
    const curves = own.flatMap((run): Curve[] => {
      const mean = run.iterations.map((_, i) => of(run)[i] ?? Number.NaN);
      if (!mean.some(Number.isFinite)) return [];
      const { loss: label, iterations: epochs } = run;
      return [{ label, colour: colour(losses.indexOf(label)), split: '', epochs, mean }];
    });
    if (curves.length === 0) return [];
    return [{ title, curves, log: spansDecades(curves.map(({ mean }) => mean)) }];
  };
  const seen = [...new Set(own.flatMap(({ values }) => Object.keys(values)))];
  const shared = (title: string, of: (run: FollowedFact) => readonly number[] | undefined) =>
    figure(title, (run) => of(run) ?? []).map((drawn) => ({ ...drawn, log: false, range: [0, 1] as const }));
  return [
    ...shared(`IoU of ${foreground}`, ({ iou }) => iou),
    ...shared(`Confidence of ${foreground}`, ({ confidence }) => confidence),
    ...figure('Each by the loss it is trained with', (run) => valuesOf(run, run.loss)),
    ...figure('Length of its gradient by the weights', ({ gradientNorms }) => gradientNorms),
    ...seen
      .flatMap((loss) => figure(`All by ${loss}`, (run) => valuesOf(run, loss)))
      .map((drawn) => ({ ...drawn, more: true })),
  ];
}

/**
 * The curves of an image of the experiment.
 * @param facts of the run.
 * @param experiment of the run.
 * @param id of the image.
 */
export function experimentCurves(
  { losses, foreground }: ReportFacts,
  experiment: ExperimentFact,
  id: string,
): Html {
  const figures = experimentFigures(experiment, id, losses, lossVariable, foreground);
  if (figures.length === 0) return nothing;
  const draw = ({ title, curves, log, range }: ExperimentFigure) => {
    const options = { title, log, across: alongIterations, style: pageStyle, ...(range && { range }) };
    return savedFigure(
      `Image ${id} ${title}`,
      curvesFigure(curves, options),
      curvesTable(curves, alongIterations),
    );
  };
  const first = figures.filter(({ more: folded }) => !folded).map(draw);
  const rest = figures.filter(({ more: folded }) => folded).map(draw);
  const more =
    rest.length === 0
      ? nothing
      : html`<details><summary>Every loss during every training</summary><div class="charts">${rest}</div></details>`;
  const rates = [
    ...new Set(
      experiment.runs.flatMap(({ image, learningRate }) => (image === id ? (learningRate ?? []) : [])),
    ),
  ];
  const rate = rates.length === 0 ? '' : ` Learning rate ${rates.join(', ')}.`;
  return html`<div class="charts">${first}</div>${more}<p class="note">Values before each step on the image itself; confidence is the mean probability that true pixels of ${foreground} are given. Losses are not on one scale: compare shapes, or all trainings by one loss.${rate}</p>`;
}

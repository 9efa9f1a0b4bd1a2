import type { Curve } from '../data/curves.js';
import type { ReportFacts } from '../facts.js';
import { curvesFigure } from '../figures/curves-svg.js';
import { curvesTable } from '../figures/figure-tables.js';
import { shortNumber } from '../figures/scale.js';
import { pageStyle } from '../figures/style.js';
import { spansDecades } from '../figures/terrain.js';
import { type Html, html, nothing } from '../html.js';
import type { LineFact } from '../landscape-facts.js';
import { lossName, lossVariable, type Section, savedFigure } from './markup.js';

const across = 'distance from the weights, in directions';

/** A line that is told of, with what rounding leaves open. */
interface Told {
  readonly loss: string;
  readonly line: LineFact;
  readonly floor: number | undefined;
}

/** Index of the weights themselves. */
const middle = ({ x }: LineFact): number =>
  x.reduce((best, place, i) => (Math.abs(place) < Math.abs(x[best]!) ? i : best), 0);

/** How far the loss rises to both sides; nothing at the weights themselves, which a logarithm cannot show. */
const rise = (line: LineFact): number[] => {
  const centre = middle(line);
  return line.mean.map((value, i) => (i === centre ? Number.NaN : Math.abs(value - line.mean[centre]!)));
};

/** Bands that a logarithmic axis can show: what reaches down to 0 and below ends under the lowest line. */
function aboveNothing(curves: readonly Curve[]): Curve[] {
  const lowest = Math.min(...curves.flatMap(({ mean }) => mean).filter((value) => value > 0)) / 2;
  return curves.map((curve) => ({
    ...curve,
    ...(curve.low && { low: curve.low.map((value) => Math.max(lowest, value)) }),
  }));
}

function drawnFigure(title: string, curves: readonly Curve[], log: boolean): Html {
  const shown = log ? aboveNothing(curves) : curves;
  const drawn = curvesFigure(shown, { title, across, log, style: pageStyle });
  return savedFigure(title, drawn, curvesTable(curves, across));
}

function floorsText(told: readonly Told[]): string {
  const lost = told.flatMap(({ loss, line, floor }) => {
    const below = floor === undefined ? [] : rise(line).filter((value) => value < 2 * floor);
    return below.length > 0
      ? [`${loss} (${below.length} of ${line.x.length - 1} places within ${shortNumber(2 * floor!)})`]
      : [];
  });
  return lost.length === 0
    ? 'Everywhere but at the weights themselves the losses rise by more than rounding can.'
    : `Where a line lies below its dashes it is rounding, not shape: ${lost.join(', ')}.`;
}

/**
 * The loss of each last network along random lines through it, with spread over the directions, rounding and the choice of images.
 * @param facts of the run.
 */
export function linesSection({ losses, trust = [] }: ReportFacts): Section {
  const about = { id: 'lines', title: 'Lines, with their spread and noise' };
  const told = losses.flatMap((loss): Told[] => {
    const own = trust.find((fact) => fact.loss === loss && fact.line !== undefined);
    return own?.line === undefined ? [] : [{ loss, line: own.line, floor: own.noiseFloor }];
  });
  if (told.length === 0) return { ...about, content: nothing };
  const colour = (loss: string) => lossVariable(losses.indexOf(loss));
  const means = told.map(
    ({ loss, line: { x, mean, spread } }): Curve => ({
      label: loss,
      colour: colour(loss),
      split: '',
      epochs: x,
      mean,
      low: mean.map((value, i) => value - spread[i]!),
      high: mean.map((value, i) => value + spread[i]!),
    }),
  );
  const rises = told.flatMap(({ loss, line, floor }): Curve[] => {
    const of = { label: loss, colour: colour(loss), epochs: line.x };
    return [
      { ...of, split: '', mean: rise(line) },
      ...(floor === undefined ? [] : [{ ...of, split: 'rounding', mean: line.x.map(() => 2 * floor) }]),
    ];
  });
  const images = told.flatMap(({ loss, line: { x, images: noise } }): Curve[] =>
    noise === undefined ? [] : [{ label: loss, colour: colour(loss), split: '', epochs: x, ...noise }],
  );
  const log = spansDecades(means.map(({ mean }) => mean));
  const counts = [...new Set(told.map(({ line }) => line.directions))];
  const imageCounts = [...new Set(told.flatMap(({ line }) => line.images?.count ?? []))];
  const more =
    images.length === 0
      ? nothing
      : html` The third figure follows one direction; its band is the 95 % interval of the bootstrap over ${imageCounts.join(' and ')} images (Efron and Tibshirani, 1993): a hill within it may be another on other images.`;
  return {
    ...about,
    lead: `Each network at its last weights, seen by the loss that it was trained with, along ${counts.join(' and ')} random directions. What one direction shows and others do not is chance.`,
    content: html`<p class="key">${told.map(({ loss }) => lossName(losses, loss))}</p><div class="charts">${drawnFigure('Mean over the directions', means, log)}${drawnFigure('Rise above the weights', rises, true)}${images.length === 0 ? nothing : drawnFigure('Over other images', images, log)}</div><p class="note">The band of the first figure is one standard deviation of the directions to both sides. In the second, dashes stand at two standard deviations of what rounding in single precision leaves open. ${floorsText(told)}${more}</p>`,
  };
}

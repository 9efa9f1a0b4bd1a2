import { type Storage, turns } from '@segscape/core';
import { colourOf, curvesByMeasure } from './data/curves.js';
import { headlineMeasures } from './data/headline-measures.js';
import { type ReadRun, readRun } from './data/read-run.js';
import { classNames, reliabilityRows } from './data/reliability-rows.js';
import { intervalOf, isMeasured, measureTitle, perImage } from './data/scores.js';
import type { ReportFacts } from './facts.js';
import { curvesSvg } from './figures/curves-svg.js';
import { fileName } from './figures/file-name.js';
import { intervalsSvg } from './figures/intervals-svg.js';
import { mapSvg } from './figures/map-svg.js';
import { reliabilitySvg } from './figures/reliability-svg.js';
import { surfaceSvg } from './figures/surface-svg.js';
import { alongIterations, experimentFigures } from './sections/experiment-curves.js';
import { powerFigures, shares } from './sections/power.js';

/** A figure by the name of its file. */
export interface RunFigure {
  /** Without ending; words and hyphens. */
  readonly name: string;
  readonly svg: string;
}

/**
 * The figures of a finished run, ready for a paper: scores with their intervals, power, curves of the headline measures and of the
 * loss, every surface under the loss it was trained with, the maps with their paths, reliability diagrams, and the curves of the single-image experiment.
 * @param storage the run folder.
 * @returns the figures, each by the name of its file.
 * @throws {SegscapeError} as `reportHtml`.
 */
export async function figuresOfRun(storage: Storage): Promise<RunFigure[]> {
  const run = await readRun(storage, { images: false });
  const figures: RunFigure[] = [];
  const turn = turns();
  for (const { name, draw } of figuresOf(run)) {
    figures.push({ name, svg: draw() });
    await turn();
  }
  return figures;
}

/** A figure that has not been drawn yet. */
interface Drawable {
  readonly name: string;
  readonly draw: () => string;
}

function figuresOf({ facts, history, surfaces, maps }: ReadRun): Drawable[] {
  const { losses, experiment } = facts;
  const colour = (label: string) => colourOf(losses, label);
  const colourAt = (i: number) => colour(losses[i]!);
  const headlines = headlineMeasures(facts);
  const measured = headlines.filter((measure) => isMeasured(facts, measure));
  const scores = measured.map((measure) => ({
    name: `scores-${fileName(measureTitle(measure))}`,
    draw: () => scoresSvg(facts, measure),
  }));
  const powers = powerFigures(facts, colourAt).map(({ title, across, curves: lines }) => ({
    name: fileName(title),
    draw: () => curvesSvg(lines, { title, across, range: shares }),
  }));
  const curves = [...curvesByMeasure(history, { losses })]
    .filter(([measure]) => measure === 'loss' || headlines.includes(measure))
    .map(([measure, lines]) => ({
      name: `curves-${fileName(measureTitle(measure))}`,
      draw: () => curvesSvg(lines, { title: measureTitle(measure), log: measure === 'loss' }),
    }));
  const drawn = surfaces.flatMap(({ loss, seed, moment, grid }) =>
    moment === ''
      ? // A network of unknown training: seen by every loss.
        Object.keys(grid.values).map((seen) => ({
          name: `surface-${fileName(`${loss} ${seen}`)}`,
          draw: () => surfaceSvg(grid, { loss: seen, title: `${loss}, evaluated with ${seen}` }),
        }))
      : [
          {
            name: `surface-${fileName(`${loss} seed ${seed} ${moment}`)}`,
            draw: () => surfaceSvg(grid, { loss, title: `${loss}, ${moment}` }),
          },
        ],
  );
  const walked = maps.flatMap(({ name, grid, paths, loss: own }) => {
    const lines = Object.entries(paths).map(([label, points]) => ({ label, colour: colour(label), points }));
    return (own === undefined ? losses : [own])
      .filter((loss) => Object.hasOwn(grid.values, loss))
      .map((loss) => ({
        name: `map-${fileName(own === undefined ? `${name} ${loss}` : name)}`,
        draw: () => mapSvg(grid, { loss, title: loss, paths: lines }),
      }));
  });
  const calibrated = classNames(facts).map((name) => ({
    name: `reliability-${fileName(name)}`,
    draw: () => reliabilitySvg(reliabilityRows(facts, name, colourAt), { title: name }),
  }));
  const followed = (experiment?.images ?? []).flatMap(({ id }) =>
    experimentFigures(experiment!, id, losses, colourAt, facts.foreground).map(
      ({ title, curves: lines, log, range }) => ({
        name: `experiment-${fileName(`${id} ${title}`)}`,
        draw: () =>
          curvesSvg(lines, {
            title: `${id}: ${title}`,
            log,
            across: alongIterations,
            ...(range && { range }),
          }),
      }),
    ),
  );
  return [...scores, ...powers, ...curves, ...drawn, ...walked, ...calibrated, ...followed];
}

function scoresSvg(facts: ReportFacts, measure: string): string {
  const { losses } = facts;
  const rows = losses.map((label) => {
    const { mean, low, high } = intervalOf(facts, label, measure);
    const points = perImage(facts, label, measure);
    return { label, colour: colourOf(losses, label), points, mean, low, high };
  });
  return intervalsSvg(rows, { title: measureTitle(measure) });
}

import type { Storage } from '@segscape/core';
import { colourOf, curvesByMeasure } from './data/curves.js';
import { headlineMeasures } from './data/headline-measures.js';
import { readRun } from './data/read-run.js';
import { classNames, reliabilityRows } from './data/reliability-rows.js';
import { intervalOf, measureTitle, perImage } from './data/scores.js';
import { curvesSvg } from './figures/curves-svg.js';
import { fileName } from './figures/file-name.js';
import { intervalsSvg } from './figures/intervals-svg.js';
import { mapSvg } from './figures/map-svg.js';
import { reliabilitySvg } from './figures/reliability-svg.js';
import { surfaceSvg } from './figures/surface-svg.js';

/** A figure by the name of its file. */
export interface RunFigure {
  /** Without ending; words and hyphens. */
  readonly name: string;
  readonly svg: string;
}

/**
 * The figures of a finished run, ready for a paper: scores with their intervals, curves of the headline measures and of the
 * loss, every surface under the loss it was trained with, the maps with their paths, and reliability diagrams.
 * @param storage the run folder.
 * @returns the figures, each by the name of its file.
 * @throws {SegscapeError} as `reportHtml`.
 */
export async function figuresOfRun(storage: Storage): Promise<RunFigure[]> {
  const { facts, history, surfaces, maps } = await readRun(storage, { images: false });
  const { losses } = facts;
  const headlines = headlineMeasures(facts);
  const scores = headlines.map((measure) => ({
    name: `scores-${fileName(measureTitle(measure))}`,
    svg: intervalsSvg(
      losses.map((label) => {
        const { mean, low, high } = intervalOf(facts, label, measure);
        return {
          label,
          colour: colourOf(losses, label),
          points: perImage(facts, label, measure),
          mean,
          low,
          high,
        };
      }),
      { title: measureTitle(measure) },
    ),
  }));
  const curves = [...curvesByMeasure(history, { losses })]
    .filter(([measure]) => measure === 'loss' || headlines.includes(measure))
    .map(([measure, lines]) => ({
      name: `curves-${fileName(measureTitle(measure))}`,
      svg: curvesSvg(lines, { title: measureTitle(measure), log: measure === 'loss' }),
    }));
  const drawn = surfaces.map(({ loss, seed, moment, grid }) => ({
    name: `surface-${fileName(`${loss} seed ${seed} ${moment}`)}`,
    svg: surfaceSvg(grid, { loss, title: `${loss}, ${moment}` }),
  }));
  const walked = maps.flatMap(({ name, grid, paths, loss: own }) => {
    const lines = Object.entries(paths).map(([label, points]) => ({
      label,
      colour: colourOf(losses, label),
      points,
    }));
    return (own === undefined ? losses : [own])
      .filter((loss) => Object.hasOwn(grid.values, loss))
      .map((loss) => ({
        name: `map-${fileName(own === undefined ? `${name} ${loss}` : name)}`,
        svg: mapSvg(grid, { loss, title: loss, paths: lines }),
      }));
  });
  const calibrated = classNames(facts).map((name) => ({
    name: `reliability-${fileName(name)}`,
    svg: reliabilitySvg(
      reliabilityRows(facts, name, (i) => colourOf(losses, losses[i]!)),
      { title: name },
    ),
  }));
  return [...scores, ...curves, ...drawn, ...walked, ...calibrated];
}

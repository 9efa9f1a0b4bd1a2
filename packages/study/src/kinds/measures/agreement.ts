import type { Raster } from '@segscape/core';
import { number, options, positive, word } from '@segscape/core/schema';
import {
  type CountMeasure,
  cohenKappa,
  countMeasures,
  countScore,
  fBeta,
  generalizedDiceScore,
  type KappaOptions,
  matthewsCorrcoef,
} from '@segscape/metrics';
import { axesOf } from '../../axes.js';
import type { Maker } from '../kind.js';
import { maker } from '../maker.js';
import type { Measure, MeasuredImage } from '../measure.js';
import { measuredClasses } from './masks-of.js';

/** Truth and prediction of one image as a batch, with what all counts need. */
function batchOf({ labels, prediction, classes, ignoreIndex }: MeasuredImage) {
  const shape = [1, ...axesOf(labels)];
  const grid = ({ data }: Raster) => ({ data, shape });
  return {
    pair: [grid(labels), grid(prediction)] as const,
    counted: { classes: Math.max(2, classes.length), ...(ignoreIndex !== undefined && { ignoreIndex }) },
  };
}

/** Columns of the measured classes, of scores of all classes. */
const columns = (name: string, { classes }: MeasuredImage, scores: unknown) =>
  Object.fromEntries(
    measuredClasses(classes).map(({ name: of, label }) => [
      `${name}.${of}`,
      (scores as readonly number[])[label]!,
    ]),
  );

const each = { reduction: 'none' } as const;
/** What every study has in any case. */
const usual: readonly string[] = ['iou', 'dice', 'precision', 'recall', 'specificity'];
const names = (Object.keys(countMeasures) as CountMeasure[]).filter((name) => !usual.includes(name));

/** How many pixels agree, beyond the overlap measures that every study has. */
export const agreementKinds: Record<string, Maker<Measure>> = {
  /** Any measure of the four counts, under its own name: `specificity.disc`. */
  count: maker(
    ({ measure }: { measure: CountMeasure }): Measure =>
      (image) => {
        const { pair, counted } = batchOf(image);
        return columns(measure, image, countScore(measure, ...pair, { ...counted, ...each }));
      },
    options<{ measure: CountMeasure }>({ measure: word('Which of the four counts.', names) }, ['measure']),
  ),
  fBeta: maker(
    ({ beta = 1 }: { beta?: number }): Measure =>
      (image) => {
        const { pair, counted } = batchOf(image);
        return columns('fBeta', image, fBeta(...pair, { ...counted, ...each, beta }));
      },
    options<{ beta?: number }>({
      beta: number('How much recall counts beside precision.', { default: 1, ...positive }),
    }),
  ),
  cohenKappa: maker(
    ({ weights = 'none' }: Pick<KappaOptions, 'weights'>): Measure =>
      (image) => {
        const { pair, counted } = batchOf(image);
        return cohenKappa(...pair, { ...counted, weights });
      },
    options<Pick<KappaOptions, 'weights'>>({
      weights: word('How much far classes disagree.', ['none', 'linear', 'quadratic'], { default: 'none' }),
    }),
  ),
  matthews: maker(
    (): Measure => (image) => {
      const { pair, counted } = batchOf(image);
      return matthewsCorrcoef(...pair, counted);
    },
    options<object>({}),
  ),
  generalizedDice: maker(
    (): Measure => (image) => {
      const { pair, counted } = batchOf(image);
      return (generalizedDiceScore(...pair, counted) as number[])[0]!;
    },
    options<object>({}),
  ),
};

import { options, word } from '@segscape/core/schema';
import {
  brierScore,
  type CalibrationOptions,
  calibrationSchema,
  classCalibrationErrors,
  expectedCalibrationError,
} from '@segscape/metrics';
import { axesOf } from '../../axes.js';
import type { Maker } from '../kind.js';
import { maker } from '../maker.js';
import type { Measure, MeasuredImage } from '../measure.js';
import { measuredClasses } from './masks-of.js';

interface Calibration extends Pick<CalibrationOptions, 'bins' | 'norm'> {
  /** Of the likeliest class of each pixel (the default), or of each class but the first by itself. */
  readonly of?: 'prediction' | 'classes';
}

const { bins, norm } = calibrationSchema.properties;

/** Truth and probabilities of one image as a batch. */
function batchOf({ labels, probabilities, ignoreIndex }: MeasuredImage) {
  const shape = [1, ...axesOf(labels)];
  return {
    pair: [
      { data: labels.data, shape },
      { data: probabilities.data, shape: [...shape, probabilities.channels] },
    ] as const,
    ignored: ignoreIndex === undefined ? {} : { ignoreIndex },
  };
}

/** Whether probabilities are what they say. */
export const calibrationKinds: Record<string, Maker<Measure>> = {
  calibrationError: maker(
    ({ of = 'prediction', ...given }: Calibration): Measure =>
      (image) => {
        const { pair, ignored } = batchOf(image);
        if (of === 'prediction') return expectedCalibrationError(...pair, { ...given, ...ignored });
        const errors = classCalibrationErrors(...pair, { ...given, ...ignored });
        return Object.fromEntries(
          measuredClasses(image.classes).map(({ name, label }) => [
            `calibrationError.${name}`,
            errors[label]!,
          ]),
        );
      },
    options<Calibration>({
      bins: bins!,
      norm: norm!,
      of: word('Whose probability is compared.', ['prediction', 'classes'], { default: 'prediction' }),
    }),
  ),
  brierScore: maker(
    (): Measure => (image) => {
      const { pair, ignored } = batchOf(image);
      return brierScore(...pair, ignored);
    },
    options<object>({}),
  ),
};

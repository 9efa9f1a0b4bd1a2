import type { Maker } from './kind.js';
import type { Measure } from './measure.js';
import { agreementKinds } from './measures/agreement.js';
import { calibrationKinds } from './measures/calibration.js';
import { objectKinds } from './measures/objects.js';
import { surfaceKinds } from './measures/surfaces.js';

/** Measures that a config asks for beside the overlap ones: all of `@segscape/metrics` that are of single images. */
export const measureKinds: Record<string, Maker<Measure>> = {
  ...surfaceKinds,
  ...objectKinds,
  ...calibrationKinds,
  ...agreementKinds,
};

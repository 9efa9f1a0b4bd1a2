import type { Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A parameter by its name; undefined where there is none, also for a name that every object has (`constructor`). */
export const weightOf = (params: Params, name: string): Tensor | undefined =>
  Object.hasOwn(params, name) ? params[name] : undefined;

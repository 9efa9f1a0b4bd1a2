import { type Adapters, Unsupported } from '../adapter.js';
import { hessian, product } from './curvature.js';
import { normalize, trajectoryPCA } from './directions.js';
import { interpolate1D, surface1D, surface2D } from './grids.js';
import { gradient, network } from './network.js';

/** Adapters for `landscape.json`, by op. */
export const landscapeAdapters: Adapters = {
  forward: network,
  normalizeDirection: normalize,
  normalizeDirectionVariant: () => {
    throw new Unsupported('another library’s result, kept for knowledge; its defects are not copied');
  },
  surface2D,
  surface1D,
  interpolate1D,
  trajectoryPCA,
  gradient,
  hessianVectorProduct: product,
  hessian,
};

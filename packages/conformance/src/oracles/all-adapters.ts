import type { Adapter, Adapters } from './adapter.js';
import { elasticAdapters } from './elastic-adapters.js';
import { landscapeAdapters } from './landscape/adapters.js';
import { isLossDefinition, lossesAdapters } from './losses/adapters.js';
import { metricsAdapters } from './metrics/adapters.js';
import { unetAdapters } from './unet-adapters.js';

const others: Adapters = {
  ...metricsAdapters,
  ...elasticAdapters,
  ...landscapeAdapters,
  ...unetAdapters,
};

/** A loss or a metric of the same name (`dice`): their definitions tell them apart. */
const either =
  (loss: Adapter, other: Adapter): Adapter =>
  (oracle, context) =>
    (isLossDefinition(oracle.params.definition) ? loss : other)(oracle, context);

/** Every op that the oracle files know. */
export const allAdapters: Adapters = {
  ...others,
  ...Object.fromEntries(
    Object.entries(lossesAdapters).map(([op, loss]) => {
      const other = Object.hasOwn(others, op) ? others[op] : undefined;
      return [op, other ? either(loss, other) : loss];
    }),
  ),
};

import { library } from '../testing/tsdown.ts';

// A file for each module: what is loaded when a training begins shares none with what only looks like it.
export default library(
  [
    'src/index.ts',
    'src/callbacks.ts',
    'src/optimizers.ts',
    'src/schedules.ts',
    'src/first-order/node.ts',
    'src/first-order/browser.ts',
  ],
  { unbundle: true, external: ['#first-order'] },
);

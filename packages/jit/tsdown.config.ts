import { library } from '../testing/tsdown.ts';

export default library(
  {
    index: 'src/index.ts',
    'runtime-node': 'src/run/runtime-node.ts',
    'runtime-browser': 'src/run/runtime-browser.ts',
  },
  { external: ['#runtime'] },
);

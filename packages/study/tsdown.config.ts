import { library } from '../testing/tsdown.ts';

export default library(
  {
    index: 'src/index.ts',
    'read-file.node': 'src/read-file.node.ts',
    'read-file.browser': 'src/read-file.browser.ts',
  },
  { deps: { neverBundle: ['#read-file', /^node:/] } },
);

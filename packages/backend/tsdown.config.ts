import { library } from '../testing/tsdown.ts';

export default library(
  {
    index: 'src/index.ts',
    'candidates-node': 'src/candidates-node.ts',
    'candidates-browser': 'src/candidates-browser.ts',
    'platform/node': 'src/platform/node.ts',
    'platform/browser': 'src/platform/browser.ts',
  },
  {
    external: ['#candidates', '#platform', /^node:/],
    // Node cannot import these modules (no file extensions); their registries are global, so a bundled copy works.
    noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
  },
);

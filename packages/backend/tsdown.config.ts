import { library } from '../testing/tsdown.ts';

export default library(['src/index.ts', 'src/gradients-node.ts', 'src/gradients-browser.ts'], {
  external: ['#gradients'],
  // Node cannot import these modules (no file extensions); their registries are global, so a bundled copy works.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});

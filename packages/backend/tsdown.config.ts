import { library } from '../testing/tsdown.ts';

export default library(['src/index.ts', 'src/candidates-node.ts', 'src/candidates-browser.ts'], {
  external: ['#candidates'],
  // Node cannot import these modules (no file extensions); their registries are global, so a bundled copy works.
  noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
});

import { library } from '../testing/tsdown.ts';

const rules = 'src/gradients/tfjs-rules.ts';
const ours = ['#candidates', '#platform', '#tfjs-rules', /^node:/];

export default [
  library(
    {
      index: 'src/index.ts',
      gradients: 'src/gradients.ts',
      slopes: 'src/slopes.ts',
      updates: 'src/updates.ts',
      'tfjs-rules': rules,
      'candidates-node': 'src/candidates-node.ts',
      'candidates-browser': 'src/candidates-browser.ts',
      'platform/node': 'src/platform/node.ts',
      'platform/browser': 'src/platform/browser.ts',
    },
    { external: [...ours, /^@tensorflow\//] },
  ),
  // Node cannot import modules from within TensorFlow.js (no file extensions); their registries are global, so a bundled copy works.
  library(
    { 'tfjs-rules-node': rules },
    { clean: false, dts: false, noExternal: [/^@tensorflow\/tfjs-core\/dist\//] },
  ),
];

import { library } from '../testing/tsdown.ts';

// A file for each module: who imports one function gets that and what it needs, by any bundler. In one file the
// descriptions of all options, made by calls, would stay.
export default library(['src/index.ts', 'src/tensors.ts', 'src/kernels.node.ts', 'src/kernels.browser.ts'], {
  unbundle: true,
  deps: { neverBundle: ['#kernels'] },
});

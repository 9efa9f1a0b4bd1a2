import { library } from '../testing/tsdown.ts';

export default library(['src/index.ts', 'src/platform.node.ts', 'src/platform.browser.ts'], {
  deps: { neverBundle: ['#platform', /^node:/] },
});

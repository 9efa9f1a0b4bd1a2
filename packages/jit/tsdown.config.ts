import { library } from '../testing/tsdown.ts';

export default library(['src/index.ts', 'src/run/runtime-node.ts', 'src/run/runtime-browser.ts'], {
  external: ['#runtime'],
});

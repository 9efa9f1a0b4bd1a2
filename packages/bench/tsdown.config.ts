import { library } from '../testing/tsdown.ts';

export default library(['src/main.ts', 'src/registry.ts', 'src/step-memory.ts'], {
  platform: 'node',
  dts: false,
});

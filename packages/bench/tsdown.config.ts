import { library } from '../testing/tsdown.ts';

export default library(['src/main.ts', 'src/registry.ts'], { platform: 'node', dts: false });

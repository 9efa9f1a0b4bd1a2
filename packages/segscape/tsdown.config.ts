import { library } from '../testing/tsdown.ts';

export default library(['src/cli.ts', 'src/grid-registry.ts'], { platform: 'node', dts: false });

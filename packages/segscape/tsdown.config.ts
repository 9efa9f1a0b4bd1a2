import { library } from '../testing/tsdown.ts';

export default library(['src/cli.ts'], { platform: 'node', dts: false });

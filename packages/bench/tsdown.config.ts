import { library } from '../testing/tsdown.ts';

export default library(['src/main.ts'], { platform: 'node', dts: false });

import { library } from '../testing/tsdown.ts';

export default library(['src/index.ts', 'src/callbacks.ts']);

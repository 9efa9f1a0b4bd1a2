import { library } from '../testing/tsdown.ts';

// A file for each module: what a page loads on demand takes its own parts of core along, the random numbers say.
export default library(['src/index.ts', 'src/params.ts', 'src/schema.ts'], { unbundle: true });

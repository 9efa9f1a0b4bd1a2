import type { SuiteRequest } from './protocol.js';
import { work } from './work.js';

// The entry of a child process: one request comes, messages go back.
process.once('message', async (request: SuiteRequest) => {
  await work(request, (message) => process.send!(message));
});

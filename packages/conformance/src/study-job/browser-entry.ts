import { runJob } from './job.js';

declare global {
  var runStudyJob: typeof runJob;
}

// The page's entry, called from outside.
globalThis.runStudyJob = runJob;

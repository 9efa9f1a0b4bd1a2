import { env } from '@tensorflow/tfjs-core';
import { type JobRequest, runJob } from './job.js';

// The entry of a child process: a request comes, the losses go back.
process.once('message', async (request: JobRequest) => {
  env().set('PROD', true); // silences the Node banner
  process.send!(await runJob(request));
});

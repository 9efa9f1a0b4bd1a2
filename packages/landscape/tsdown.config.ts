import { library } from '../testing/tsdown.ts';

export default library({
  index: 'src/index.ts',
  hdf5: 'src/hdf5.ts',
  threads: 'src/threads.ts',
  bullmq: 'src/bullmq.ts',
  // No entry of users: the script that `threads` starts, beside it.
  'thread-worker': 'src/runners/thread-worker.ts',
});

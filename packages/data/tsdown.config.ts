import { library } from '../testing/tsdown.ts';

export default library(
  {
    index: 'src/index.ts',
    dicom: 'src/dicom.ts',
    nifti: 'src/nifti.ts',
    'ome-zarr': 'src/ome-zarr.ts',
    workers: 'src/workers.ts',
    // No entry of users: the script that `sampleWorkers` starts, beside it.
    'sample-worker': 'src/sample-worker.ts',
    'platform.node': 'src/platform.node.ts',
    'platform.browser': 'src/platform.browser.ts',
    'threads.node': 'src/threads.node.ts',
    'threads.browser': 'src/threads.browser.ts',
  },
  { deps: { neverBundle: ['#platform', '#threads', /^node:/] } },
);

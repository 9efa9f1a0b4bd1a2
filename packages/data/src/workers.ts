/**
 * Worker threads (Node) and web workers that read, transform and prepare samples ahead of a training.
 *
 *     import { sampleWorkers } from '@segscape/data/workers';
 *
 *     const workers = sampleWorkers({
 *       count: 2,
 *       registry: new URL('./registry.js', import.meta.url), // export default { cells: async (config) => ({ dataset, transform }) }
 *       work: { kind: 'cells', config: { images: 'images', masks: 'masks' } },
 *     });
 *     for await (const batch of batches(train, { batchSize: 4, shuffle: true, seed: 1, workers })) { … }
 *     await workers.dispose();
 *
 * @module
 */
export type { ReadySample, SampleRequest, SampleWork, SampleWorkers } from './ready-sample.js';
export { type SampleWorkersOptions, sampleWorkers } from './workers/sample-workers.js';
export { type SampleRegistry, serveSamples } from './workers/serve-samples.js';

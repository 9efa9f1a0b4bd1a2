/**
 * The script that `sampleWorkers` starts where no other is given; its registry is the module that the options name.
 *
 * @module
 */
import { serveSamples } from './workers/serve-samples.js';

await serveSamples();

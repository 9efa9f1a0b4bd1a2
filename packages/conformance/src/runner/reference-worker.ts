import { env } from '@tensorflow/tfjs-core';
import type { SuiteRequest } from './protocol.js';
import { work } from './work.js';

// Bundled in double precision, where Float32Array is Float64Array; Node's own test of types would not know it.
const { platform } = env();
const isTypedArray = platform.isTypedArray.bind(platform);
platform.isTypedArray = (value): value is Float32Array =>
  value instanceof Float32Array || isTypedArray(value);

process.once('message', async (request: SuiteRequest) => {
  await work(request, (message) => process.send!(message));
});

// What TensorFlow.js's tests find when they are loaded: Jasmine's functions, and one backend, as it comes or after `useBackend`.
import { env, findBackend, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util';
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';
import { order } from './order.mjs';

const jasmine = jasmineRequire.core(jasmineRequire);
export const suite = jasmine.getEnv({ suppressLoadErrors: true });
Object.assign(globalThis, jasmineRequire.interface(jasmine, suite));
jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
// In the order that they are written: some look at what others left behind.
suite.configure({
  random: false,
  ...(order.only && { specFilter: (spec) => order.only.test(spec.getFullName()) }),
});

const { backend, mended, wasmPath } = order;

if (mended) {
  const { useBackend } = await import('@segscape/backend');
  await useBackend(backend, { ...(backend === 'wasm' && { threads: 1, wasmPath }) });
} else {
  // As the package `@tensorflow/tfjs` does.
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  if (backend === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  if (backend === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  if (backend === 'wasm') {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setThreadsCount(1);
    setWasmPaths(wasmPath);
  }
  if (!(await setBackend(backend))) throw new Error(`${backend} could not be initialised`);
}
if (backend === 'cpu') findBackend('cpu').firstUse = false;
// TensorFlow.js's tests take WebGL with its CPU fallback off, or little of it would be tested.
const flags =
  backend === 'webgl' ? { WEBGL_VERSION: 2, WEBGL_CPU_FORWARD: false, WEBGL_SIZE_UPLOAD_UNIFORM: 0 } : {};
setTestEnvs([{ name: backend, backendName: backend, flags, isDataSync: true }]);
env().set('IS_TEST', true);

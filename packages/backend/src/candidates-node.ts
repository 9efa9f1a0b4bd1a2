import process from 'node:process';
import { type Adapter, describeAdapter } from './adapter.js';
import type { Candidate } from './candidate.js';
import { cpu, wasm } from './candidates-shared.js';
import { optional } from './optional.js';
import { node, nodeGpu } from './tensorflow/candidates.js';
import { watchDevice } from './webgpu/faults.js';

/** Dawn prints a warning where it finds no loader of Vulkan drivers; libraries do not print, so it is not asked there. */
function assertVulkan(): void {
  if (process.platform !== 'linux') return;
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1');
  } catch (error) {
    // What was opened is no module of Node's, and says so; only what could not be opened is missing.
    if (String(error).includes('cannot open shared object file'))
      throw new Error('no Vulkan: libvulkan.so.1 was not found');
  }
}

/** What is asked of the package `webgpu`. */
export interface Dawn {
  create(options: readonly string[]): { requestAdapter(): Promise<Adapter | null> };
  readonly globals: object;
}

let adapter: Adapter | undefined;

/** TensorFlow.js's WebGPU backend over Dawn, the implementation that Chromium has. */
const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  packages: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  enable:
    'npm install @tensorflow/tfjs-backend-webgpu webgpu, on a machine with a Vulkan, Metal or Direct3D 12 driver',
  async load() {
    if (adapter === undefined) {
      assertVulkan();
      const dawn = (await optional('webgpu')) as unknown as Dawn;
      const gpu = dawn.create([]);
      const found = await gpu.requestAdapter();
      if (found === null) throw new Error('no GPU adapter: no Vulkan, Metal or Direct3D 12 driver was found');
      adapter = found;
      // The backend looks for what a browser has; Node has a navigator since 21.
      Object.assign(globalThis, dawn.globals);
      const navigator = globalThis.navigator ?? {};
      Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    }
    await optional('@tensorflow/tfjs-backend-webgpu');
    const { registerWebgpuKernels } = await import('./webgpu/kernels.js');
    registerWebgpuKernels();
  },
  started: ({ onDeviceError }) => watchDevice(onDeviceError),
  device: () => `${describeAdapter(adapter)} (Dawn)`,
};

/** Node's backends, those that are usually fastest first. */
export const candidates: readonly Candidate[] = [nodeGpu, webgpu, node, wasm, cpu];

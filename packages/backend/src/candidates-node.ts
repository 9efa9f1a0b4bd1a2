import type { Candidate } from './candidate.js';
import { cpu, wasm } from './candidates-shared.js';

/** An import that neither bundlers nor the type checker follow: these packages are often not there. */
const optional = (specifier: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ specifier);

const native = (name: 'node' | 'node-gpu', packageName: string, enable: string): Candidate => ({
  name,
  engineName: 'tensorflow',
  packages: [packageName],
  enable,
  load: async () => void (await optional(packageName)),
});

/** TensorFlow.js's WebGPU backend over Dawn, the implementation that Chromium has. */
const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  packages: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'],
  enable:
    'npm install @tensorflow/tfjs-backend-webgpu webgpu, on a machine with a Vulkan, Metal or Direct3D 12 driver',
  async load() {
    const dawn = (await optional('webgpu')) as { create(options: string[]): GPU; globals: object };
    Object.assign(globalThis, dawn.globals);
    const gpu = dawn.create([]);
    const adapter = await gpu.requestAdapter();
    if (adapter === null) throw new Error('no GPU adapter: no Vulkan, Metal or Direct3D 12 driver was found');
    Object.defineProperty(globalThis, 'navigator', {
      value: { ...globalThis.navigator, gpu },
      configurable: true,
    });
    await optional('@tensorflow/tfjs-backend-webgpu');
  },
};

interface GPU {
  requestAdapter(): Promise<object | null>;
}

/** Node's backends, those that are usually fastest first. */
export const candidates: readonly Candidate[] = [
  native(
    'node-gpu',
    '@tensorflow/tfjs-node-gpu',
    'npm install @tensorflow/tfjs-node-gpu, with a CUDA 11 driver and a Node release it has bindings for',
  ),
  webgpu,
  native(
    'node',
    '@tensorflow/tfjs-node',
    'npm install @tensorflow/tfjs-node, on a Node release it has bindings for',
  ),
  wasm,
  cpu,
];

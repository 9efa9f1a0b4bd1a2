import { backend } from '@tensorflow/tfjs-core';
import { type Adapter, describeAdapter } from './adapter.js';
import type { Candidate } from './candidate.js';
import { cpu, wasm } from './candidates-shared.js';
import { NotImported } from './optional.js';
import type { WebglBackend } from './webgl/mended.js';
import { watchDevice } from './webgpu/faults.js';

interface GPU {
  requestAdapter(options?: { powerPreference: string }): Promise<Adapter | null>;
}

let adapter: Adapter | undefined;

const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  packages: ['@tensorflow/tfjs-backend-webgpu'],
  enable: 'use a browser and a graphics driver that have WebGPU, switched on',
  async load() {
    if (!('gpu' in navigator))
      throw new Error('this browser has no WebGPU, or the page is not served over HTTPS');
    const gpu = navigator.gpu as GPU;
    adapter = (await gpu.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined;
    if (adapter === undefined) throw new Error('this browser has WebGPU, but no GPU adapter for it');
    try {
      await import('@tensorflow/tfjs-backend-webgpu');
    } catch (cause) {
      throw new NotImported('@tensorflow/tfjs-backend-webgpu', cause);
    }
    const { registerWebgpuKernels } = await import('./webgpu/kernels.js');
    registerWebgpuKernels();
  },
  started: ({ onDeviceError }) => watchDevice(onDeviceError),
  device: () => describeAdapter(adapter),
};

const current = () => backend() as unknown as WebglBackend;

/** What is done with the backend once it runs; it comes with its kernels. */
let mend: ((webgl: WebglBackend) => void) | undefined;

/** The name that the driver gives itself. */
function renderer(): string {
  const { gl } = current().gpgpu;
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
  return String(gl.getParameter(unmasked ?? gl.RENDERER));
}

const webgl: Candidate = {
  name: 'webgl',
  engineName: 'webgl',
  packages: ['@tensorflow/tfjs-backend-webgl'],
  enable: 'use a browser with WebGL 2 switched on',
  async load() {
    try {
      await import('@tensorflow/tfjs-backend-webgl');
    } catch (cause) {
      throw new NotImported('@tensorflow/tfjs-backend-webgl', cause);
    }
    const own = await import('./webgl/mended.js');
    own.registerWebglKernels();
    mend = own.mendWebgl;
  },
  started: () => mend?.(current()),
  device: renderer,
};

/** A browser's backends, those that are usually fastest first. */
export const candidates: readonly Candidate[] = [webgpu, webgl, wasm, cpu];

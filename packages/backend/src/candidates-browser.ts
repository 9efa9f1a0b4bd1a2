import type { Candidate } from './candidate.js';
import { cpu, wasm } from './candidates-shared.js';

const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  packages: ['@tensorflow/tfjs-backend-webgpu'],
  enable: 'use a browser with WebGPU switched on, and install @tensorflow/tfjs-backend-webgpu',
  async load() {
    if (!('gpu' in navigator))
      throw new Error('this browser has no WebGPU, or the page is not served over HTTPS');
    await import('@tensorflow/tfjs-backend-webgpu');
  },
};

const webgl: Candidate = {
  name: 'webgl',
  engineName: 'webgl',
  packages: ['@tensorflow/tfjs-backend-webgl'],
  enable: 'use a browser with WebGL 2 switched on, and install @tensorflow/tfjs-backend-webgl',
  load: async () => void (await import('@tensorflow/tfjs-backend-webgl')),
};

/** A browser's backends, those that are usually fastest first. */
export const candidates: readonly Candidate[] = [webgpu, webgl, wasm, cpu];

// What the adapters of `@segscape/backend` ask of packages that they import untyped or look into, against those packages'
// own declarations: that this file compiles is what `declarations.test.ts` tests.

import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { TextureManager as RealTextureManager } from '@tensorflow/tfjs-backend-webgl/dist/texture_manager';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import type * as tfjsNode from 'tfjs-node-declarations';
import type { NodeJSKernelBackend } from 'tfjs-node-declarations/dist/nodejs_kernel_backend';
import type * as tfjsNodeGpu from 'tfjs-node-gpu-declarations';
import type { NodeJSKernelBackend as GpuKernelBackend } from 'tfjs-node-gpu-declarations/dist/nodejs_kernel_backend';
import type * as webgpu from 'webgpu';
import type { Dawn } from '../../../backend/src/candidates-node.js';
import type { TensorflowBackend } from '../../../backend/src/tensorflow/candidates.js';
import type { WebglBackend } from '../../../backend/src/webgl/mended.js';
import type { TexelRunner } from '../../../backend/src/webgl/texels.js';
import type { TextureManager } from '../../../backend/src/webgl/textures.js';
import type { Device } from '../../../backend/src/webgpu/faults.js';

export const node = (real: NodeJSKernelBackend): TensorflowBackend => real;
export const nodeGpu = (real: GpuKernelBackend): TensorflowBackend => real;

/** Both bring the engine whose tensors ours are. */
export const nodeTensor = (real: typeof tfjsNode, values: number[]): Tensor => real.tensor(values);
export const nodeGpuTensor = (real: typeof tfjsNodeGpu, values: number[]): Tensor => real.tensor(values);

export const dawn = (real: typeof webgpu): Dawn => real;
export const webgpuDevice = (real: WebGPUBackend): Device => real.device;

export const textures = (real: RealTextureManager): TextureManager => real;
export const webgl = (real: MathBackendWebGL): Pick<WebglBackend, 'gpgpu'>['gpgpu']['gl'] =>
  real.gpgpu.gl as WebGL2RenderingContext;
/** Their types are not declared, since they are private; their names are. */
export const webglPrivate = (real: MathBackendWebGL): unknown[] => [
  real['textureManager' satisfies keyof WebglBackend],
  real['floatPrecisionValue' satisfies keyof WebglBackend],
  real['packTensor' satisfies keyof TexelRunner],
  real['packedReshape' satisfies keyof TexelRunner],
];
export const texels = (
  real: MathBackendWebGL,
): Pick<TexelRunner, 'uploadToGPU' | 'disposeIntermediateTensorInfo'> => real;
export const textureOf = (real: MathBackendWebGL, dataId: object): unknown =>
  real.texData.get(dataId)['texShape' satisfies keyof ReturnType<TexelRunner['texData']['get']>];
export const cpuPrivate = (real: MathBackendCPU): unknown => real['firstUse' satisfies string];

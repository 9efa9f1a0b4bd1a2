import { SegscapeError } from '@segscape/core';
import { encodeModel } from '../onnx/encode.js';
import type { Host } from './runtime.js';

export type Device = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

const remedies: Readonly<Record<Device, string>> = {
  cpu: '',
  webgpu:
    'It needs a GPU with a Vulkan, Metal or Direct3D 12 driver (on Linux, libvulkan.so.1 and the driver of the card); in a browser, one that has WebGPU',
  cuda: 'It needs Linux or Windows with an NVIDIA GPU, CUDA 12 and cuDNN 9, and the CUDA libraries that the install script of onnxruntime-node fetches',
  dml: 'It needs Windows with a Direct3D 12 GPU',
  coreml: 'It needs macOS',
};

/**
 * What ONNX Runtime is told to compute on. Graphs here keep channels first already; and the channels-last convolution of its WebGPU
 * provider, 1.30, is wrong where input channels are no multiple of four and output channels are.
 */
export const provider = (device: Device) =>
  device === 'webgpu' ? { name: device, preferredLayout: 'NCHW' } : device;

/** The smallest model there is, to see whether a device runs at all. */
export const identity = (type: 'float32' | 'int32' | 'bool' = 'float32'): Uint8Array =>
  encodeModel({
    name: 'identity',
    nodes: [{ op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [{ name: 'x', type }],
    outputs: [{ name: 'y', type }],
  });

const tried = new WeakMap<object, Map<Device, Promise<void>>>();

/**
 * Makes sure that ONNX Runtime can compute on a device here, by loading a model of one operation on it.
 *
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` that names the device, what the build has, and the remedy.
 */
export function assertDevice(host: Host, device: Device): Promise<void> {
  if (device === 'cpu') return Promise.resolve();
  const known = tried.get(host.runtime) ?? new Map<Device, Promise<void>>();
  tried.set(host.runtime, known);
  const before = known.get(device);
  if (before !== undefined) return before;
  const trial = (async () => {
    try {
      const session = await host.runtime.InferenceSession.create(identity(), {
        executionProviders: [provider(device)],
        logSeverityLevel: 4,
      });
      await session.release();
    } catch (cause) {
      known.delete(device); // a driver may come
      const { name, devices } = host;
      const built = devices === undefined ? '' : ` (this build of ${name} knows: ${devices.join(', ')})`;
      const reason = cause instanceof Error ? ` It said: ${firstSentence(cause.message)}` : '';
      throw new SegscapeError(
        'BACKEND_UNAVAILABLE',
        `jit: device '${device}' is not available here${built}. ${remedies[device]}; or use device: 'cpu'.${reason}`,
        { details: { device, devices: devices ?? [] }, cause },
      );
    }
  })();
  known.set(device, trial);
  return trial;
}

/** What ONNX Runtime said, without the place in its source. */
export const firstSentence = (message: string) =>
  (/was false\. (.*)/.exec(message)?.[1] ?? message).split('\n')[0]!.trim();

import { SegscapeError } from '@segscape/core';
import { backend } from '@tensorflow/tfjs-core';

/** What is asked of a WebGPU device. */
export interface Device {
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
}

/** What is called with an error of the GPU that nobody waits for. */
export type OnDeviceError = (error: Error) => void;

// An error thrown from the listener itself would end in Dawn; from a task of its own it ends the process or reaches the
// page's `onerror`, as an error that nobody catches should.
const thrown: OnDeviceError = (error) =>
  queueMicrotask(() => {
    throw error;
  });

const handlers = new WeakMap<Device, OnDeviceError>();

/**
 * Listens to the device of the current WebGPU backend: a shader that does not compile, or memory that is not there, is told to
 * the device only, and the work that it was part of is dropped in silence, zeros in its place. The newest handler counts.
 */
export function watchDevice(onDeviceError: OnDeviceError = thrown): void {
  const { device } = backend() as unknown as { device: Device };
  if (!handlers.has(device))
    device.addEventListener('uncapturederror', ({ error }) =>
      handlers.get(device)!(
        new SegscapeError(
          'BACKEND_UNAVAILABLE',
          `webgpu: the GPU refused a part of the work, so results from here on are not to be trusted (${error.message.split('\n')[0]}). Use another backend for it.`,
          { cause: error },
        ),
      ),
    );
  handlers.set(device, onDeviceError);
}

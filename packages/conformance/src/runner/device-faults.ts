import { backend } from '@tensorflow/tfjs-core';

/** What a GPU device may call out between two questions. */
export interface DeviceFaults {
  /** What was called out since it was last asked, once each. */
  take(): readonly string[];
}

interface ErrorEvent {
  readonly error: { readonly message: string };
}

interface Device {
  addEventListener(type: 'uncapturederror', listener: (event: ErrorEvent) => void): void;
}

/**
 * Listens to the current backend's WebGPU device: a shader that does not compile is told to the device only, and the
 * work it was part of is dropped in silence, zeros in its place.
 */
export function listenToDevice(): DeviceFaults {
  const { device } = backend() as { device?: Device };
  let heard = new Set<string>();
  device?.addEventListener('uncapturederror', ({ error }) => heard.add(error.message.split('\n')[0]!));
  return {
    take() {
      const all = [...heard];
      heard = new Set();
      return all;
    },
  };
}

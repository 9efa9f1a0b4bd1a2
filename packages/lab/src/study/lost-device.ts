import { SegscapeError } from '@segscape/core';
import {
  backend,
  findBackendFactory,
  getBackend,
  registerBackend,
  removeBackend,
} from '@tensorflow/tfjs-core';

/** What TensorFlow.js's WebGL backend has beside what every backend has. */
interface OnWebGl {
  readonly gpgpu: { readonly gl: WebGLRenderingContext };
}

/** The same of its WebGPU backend. */
interface OnWebGpu {
  readonly device: { readonly lost: Promise<unknown> };
}

const isOnWebGl = (value: object): value is OnWebGl => 'gpgpu' in value;
const isOnWebGpu = (value: object): value is OnWebGpu => 'device' in value;

/** Devices that have told of their loss; they tell once, and cannot be asked. */
const lostDevices = new WeakSet<object>();
const heard = new WeakSet<object>();

/** How the loss of what is computed on is seen and heard. */
interface Watch {
  readonly isLost: () => boolean;
  /** Calls back when it is lost, until the signal is aborted. */
  readonly whenLost: (tell: () => void, signal: AbortSignal) => void;
}

/** Of the graphics card that the current backend computes on; undefined where there is none. */
function watch(): Watch | undefined {
  const name = getBackend();
  if (name !== 'webgl' && name !== 'webgpu') return undefined;
  const current: object = backend();
  if (isOnWebGl(current)) {
    const { gl } = current.gpgpu;
    return {
      isLost: () => gl.isContextLost(),
      whenLost: (tell, signal) => gl.canvas.addEventListener('webglcontextlost', tell, { signal }),
    };
  }
  if (!isOnWebGpu(current)) return undefined;
  const { device } = current;
  if (!heard.has(device)) {
    heard.add(device);
    void device.lost.then(() => lostDevices.add(device));
  }
  return {
    isLost: () => lostDevices.has(device),
    whenLost: (tell, signal) => void device.lost.then(() => signal.aborted || tell()),
  };
}

const lost = () =>
  new SegscapeError(
    'BACKEND_UNAVAILABLE',
    'The graphics card took its context back (it was reset, or another program needed it).',
  );

/** Whether the graphics card has taken its context back. */
export const deviceIsLost = (): boolean => watch()?.isLost() === true;

/** @throws {SegscapeError} `BACKEND_UNAVAILABLE` once the graphics card has taken its context back. */
export function assertDevice(): void {
  if (deviceIsLost()) throw lost();
}

/**
 * Work that waits for a graphics card, which no more answers once it has taken its context back: most calls do not say so, and
 * what is waited for never comes.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` as soon as it is lost; the work is then left alone.
 */
export async function untilLost<T>(work: () => Promise<T>): Promise<T> {
  assertDevice();
  const watched = watch();
  if (watched === undefined) return work();
  const done = new AbortController();
  const loss = new Promise<never>((_, reject) => {
    watched.whenLost(() => reject(lost()), done.signal);
  });
  try {
    return await Promise.race([work(), loss]);
  } finally {
    done.abort();
  }
}

/** Puts a lost backend aside, so that the next `useBackend` makes a new one; its tensors are lost with it. */
export function forgetLostDevice(): void {
  if (!deviceIsLost()) return;
  const name = getBackend();
  const make = findBackendFactory(name);
  removeBackend(name);
  registerBackend(name, make);
}

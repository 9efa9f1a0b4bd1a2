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

const isOnWebGl = (value: object): value is OnWebGl => 'gpgpu' in value;

/** The graphics context that is computed in; undefined on other backends. */
function context(): WebGLRenderingContext | undefined {
  if (getBackend() !== 'webgl') return undefined;
  const current: object = backend();
  return isOnWebGl(current) ? current.gpgpu.gl : undefined;
}

const lost = () =>
  new SegscapeError(
    'BACKEND_UNAVAILABLE',
    'The graphics card took its context back (it was reset, or another program needed it).',
  );

/** Whether the graphics card has taken its context back. */
export const deviceIsLost = (): boolean => context()?.isContextLost() === true;

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
  const canvas = context()?.canvas;
  if (canvas === undefined) return work();
  const done = new AbortController();
  const loss = new Promise<never>((_, reject) => {
    canvas.addEventListener('webglcontextlost', () => reject(lost()), { signal: done.signal });
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
  const make = findBackendFactory('webgl');
  removeBackend('webgl');
  registerBackend('webgl', make);
}

import type { Plugin } from 'vitest/config';

/**
 * Turns every module it sees into double precision: TensorFlow.js's core and cpu backend (which compute in doubles and
 * only store singles) and our packages then give values and gradients to 1e-12. A Vite and Rolldown plugin; all copies
 * of TensorFlow.js in the process must pass through it, so such tests have a configuration of their own.
 */
export const float64 = (): Plugin => ({
  name: 'segscape:float64',
  transform: {
    order: 'post',
    handler: (code) =>
      /\bFloat32Array\b/.test(code)
        ? { code: `const Float32Array = globalThis.Float64Array;\n${code}`, map: null }
        : undefined,
  },
});

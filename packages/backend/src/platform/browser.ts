import { version_core } from '@tensorflow/tfjs-core';
import type { Platform } from './platform.js';

const key = 'segscape:backends';

/** Workers have none, and pages may be denied theirs. */
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

export const platform: Platform = {
  processor: () => `${navigator.hardwareConcurrency} threads`,
  versionsOf: () => ({}),
  machine: () =>
    JSON.stringify([version_core, navigator.userAgent, navigator.hardwareConcurrency, 'gpu' in navigator]),
  read: async () => storage()?.getItem(key) ?? undefined,
  async write(text) {
    try {
      storage()?.setItem(key, text);
    } catch {
      // A full storage only means that the next page measures again.
    }
  },
};

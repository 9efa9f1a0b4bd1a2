import type { BackendName } from './candidate.js';

/** A backend as it is on this machine. */
export interface BackendInfo {
  readonly name: BackendName;
  readonly available: boolean;
  /** The device that computes, as far as the backend tells. */
  readonly device?: string;
  /** Why it is not available, or why `'auto'` passes it over. */
  readonly reason?: string;
  /** What to install or switch on. */
  readonly enable?: string;
  /** Whether a small training step gave finite gradients. */
  readonly canTrain: boolean;
  /** `'float16'` where a WebGL driver has no float32 textures to draw to. */
  readonly precision?: 'float32' | 'float16';
  /** Milliseconds of the small training step. */
  readonly probeMs?: number;
  /** Of what `'auto'` took: the others, each with its reason. */
  readonly passedOver?: readonly BackendInfo[];
}

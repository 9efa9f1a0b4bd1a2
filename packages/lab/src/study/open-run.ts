import type { Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { openRunSights, type RunSights } from '@segscape/study';
import type { DataConfig } from './data-config.js';
import { labRegistry } from './lab-registry.js';

/** A run to look through. */
export interface OpenRun {
  readonly sights: RunSights;
  /** What its config says of its images. */
  readonly data: DataConfig;
}

/**
 * TensorFlow.js itself is what computes in a tab; nothing is compiled ahead.
 * @throws {SegscapeError} what `openRunSights` throws.
 */
export async function openedRun(storage: Storage): Promise<OpenRun> {
  const { config } = await openRun(storage);
  const sights = await openRunSights(storage, { registry: labRegistry, jit: { executor: 'eager' } });
  return { sights, data: (config as { readonly data: DataConfig }).data };
}

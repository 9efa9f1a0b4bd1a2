import type { JitOptions } from '@segscape/jit';
import type { Run } from '@segscape/runs';
import type { StudyConfig } from '../config/schema.js';
import type { Material } from '../material.js';
import type { StudyRegistry } from '../registry.js';

/** What every part of a study works with. */
export interface TaskContext {
  readonly config: StudyConfig;
  readonly material: Material;
  readonly registry: StudyRegistry;
  readonly run: Run;
  readonly jit: JitOptions;
  readonly signal: AbortSignal | undefined;
}

import { isSegscapeError, type Storage } from '@segscape/core';
import { executorOf, type JitOptions } from '@segscape/jit';
import { backend, getBackend } from '@tensorflow/tfjs-core';

/** Where a run was computed, one record a start. */
export interface EnvironmentRecord {
  readonly started: string;
  readonly backend: string;
  /** Of the backend's numbers: half precision where a WebGL driver has no other. */
  readonly precision: 'float32' | 'float16';
  readonly executor: string;
  readonly platform: string;
}

const environmentPath = 'environment.json';

/** What computes here and now. */
export const thisEnvironment = async (jit: JitOptions, platform: string): Promise<EnvironmentRecord> => ({
  started: new Date().toISOString(),
  backend: getBackend(),
  precision: `float${backend().floatPrecision()}`,
  executor: await executorOf(jit),
  platform,
});

/** Adds this start to the list; a run may go on on another machine or backend. */
export async function recordEnvironment(
  storage: Storage,
  record: EnvironmentRecord,
): Promise<EnvironmentRecord[]> {
  let earlier: EnvironmentRecord[] = [];
  try {
    earlier = JSON.parse(
      new TextDecoder().decode(await storage.read(environmentPath)),
    ) as EnvironmentRecord[];
  } catch (error) {
    if (!isSegscapeError(error, 'NOT_FOUND') && !(error instanceof SyntaxError)) throw error;
  }
  const all = [...earlier, record];
  await storage.write(environmentPath, JSON.stringify(all, null, 2));
  return all;
}

import { isSegscapeError, type Storage } from '@segscape/core';
import { executorOf, type JitOptions } from '@segscape/jit';
import { backend, getBackend, version_core } from '@tensorflow/tfjs-core';
import { version } from '../package.json' with { type: 'json' };

/** Where a run was computed, one record a start. */
export interface EnvironmentRecord {
  readonly started: string;
  readonly backend: string;
  /** Of the backend's numbers: half precision where a WebGL driver has no other. */
  readonly precision: 'float32' | 'float16';
  readonly executor: string;
  readonly platform: string;
  /** Of what computes, by package. */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of the code, where whoever started the study said it. */
  readonly code?: string;
}

const environmentPath = 'environment.json';

/** What computes here and now. */
export const thisEnvironment = async (
  jit: JitOptions,
  { platform, code }: { readonly platform: string; readonly code: string | undefined },
): Promise<EnvironmentRecord> => ({
  started: new Date().toISOString(),
  backend: getBackend(),
  precision: `float${backend().floatPrecision()}`,
  executor: await executorOf(jit),
  platform,
  versions: { '@segscape/study': version, '@tensorflow/tfjs-core': version_core },
  ...(code !== undefined && { code }),
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

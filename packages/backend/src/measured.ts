import { platform } from '#platform';
import type { BackendInfo } from './backend-info.js';
import type { LoadOptions } from './candidate.js';

const key = (packages: readonly string[], options: LoadOptions) =>
  JSON.stringify([platform.machine(packages), options.threads ?? null]);

/** How many machines' answers are kept: homes are shared between machines, and devices switched. */
const most = 8;

async function all(): Promise<Record<string, unknown>> {
  try {
    const kept: unknown = JSON.parse((await platform.read()) ?? '{}');
    return typeof kept === 'object' && kept !== null && !Array.isArray(kept)
      ? (kept as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

const isInfo = (value: unknown): value is BackendInfo => {
  const info = value as Partial<BackendInfo> | null | undefined;
  return (
    typeof info === 'object' &&
    info !== null &&
    typeof info.name === 'string' &&
    info.canTrain === true &&
    typeof info.probeMs === 'number' &&
    Array.isArray(info.passedOver)
  );
};

/** What `'auto'` took on this machine before; undefined where it has not, or where what was kept makes no sense. */
export async function recall(
  packages: readonly string[],
  options: LoadOptions,
): Promise<BackendInfo | undefined> {
  const info = (await all())[key(packages, options)];
  return isInfo(info) ? info : undefined;
}

/** Keeps what `'auto'` took. */
export async function remember(
  packages: readonly string[],
  options: LoadOptions,
  info: BackendInfo,
): Promise<void> {
  const { [key(packages, options)]: _old, ...others } = await all();
  const kept = [...Object.entries(others).slice(1 - most), [key(packages, options), info]];
  await platform.write(JSON.stringify(Object.fromEntries(kept)));
}

/** Drops all that was kept. */
export const forget = (): Promise<void> => platform.write('{}');

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Folder of shared material beside the repository (real data sets, oracle numbers), or undefined where
 * the checkout stands alone. `SEGSCAPE_DATA` overrides it.
 */
export function sharedFolder(name: string): string | undefined {
  const root = process.env.SEGSCAPE_DATA ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
  const path = `${root}/${name}`;
  return existsSync(path) ? path : undefined;
}

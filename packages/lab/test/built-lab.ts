import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from '@segscape/testing/chromium';
import { preview } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Why these tests cannot run here, or nothing. */
export const absent =
  chromiumPath === undefined
    ? ' (skipped: no Chromium found; set CHROMIUM_PATH)'
    : existsSync(join(root, 'dist/index.html'))
      ? undefined
      : ' (skipped: the lab is not built; pnpm --filter @segscape/lab build)';

/** A file of the built lab. */
export const builtFile = (path: string): string => join(root, 'dist', path === '/' ? 'index.html' : path);

/** The built command line; it need not be there. */
export const cli = fileURLToPath(new URL('../../segscape/dist/cli.js', import.meta.url));

/** What makes a page its own alone, so that its clock tells 5 microseconds in place of 100. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** Serves the built lab on this machine. */
export async function servedLab(
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = await preview({
    root,
    logLevel: 'silent',
    preview: { host: '127.0.0.1', port: 0, strictPort: false, headers },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

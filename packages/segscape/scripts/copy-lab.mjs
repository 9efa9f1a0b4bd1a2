// Puts the built lab beside the command line as plain files: dist/lab. Turbo builds the lab first (it is a development
// dependency); without it the command line is whole but for `segscape lab`, which says so.
import { cp, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../../lab/dist/', import.meta.url));
const to = fileURLToPath(new URL('../dist/lab/', import.meta.url));

const built = await stat(`${from}index.html`).then(
  () => true,
  () => false,
);
await rm(to, { recursive: true, force: true });
if (built) await cp(from, to, { recursive: true });
else console.warn('The lab is not built, so dist/lab is left out: pnpm --filter @segscape/lab build');

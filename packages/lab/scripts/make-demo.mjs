// Trains the demo by the command line and packs what the lab shows of it: `node scripts/make-demo.mjs`, with everything built.
// The numbers are the same on every machine of one kind; times in report.json are not, so the zip is kept, not made by the build.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = here('../../segscape/dist/cli.js');

// Pictures and the report are made from the rest; without all of its files a run's sums would tell of a loss.
const left = /^(maps|tensorboard|steps)\/|^report\.html$|^manifest\./;
// A time, so that the same files make the same zip.
const mtime = '1980-01-01T00:00:00';

const folder = mkdtempSync(join(tmpdir(), 'segscape-demo-'));
try {
  execFileSync(process.execPath, [cli, 'run', here('demo.yaml'), '--out', join(folder, 'demo')], {
    stdio: 'inherit',
  });
  const paths = readdirSync(join(folder, 'demo'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(folder, 'demo'), join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !left.test(path))
    .sort();
  const files = Object.fromEntries(
    paths.map((path) => [`demo/${path}`, [readFileSync(join(folder, 'demo', path)), { level: 9, mtime }]]),
  );
  const zip = zipSync(files);
  writeFileSync(here('../public/demo.zip'), zip);
  console.log(`public/demo.zip: ${paths.length} files, ${(zip.length / 1000).toFixed(0)} kB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

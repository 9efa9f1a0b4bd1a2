import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const template = fileURLToPath(new URL('service-worker.js', import.meta.url));

/** Writes the service worker with the names of all built files, and a version that changes with any of them. */
export const offline = (): Plugin => ({
  name: 'lab:offline',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const hash = createHash('sha256');
    const files = ['./'];
    for (const [name, output] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(name).update(output.type === 'chunk' ? output.code : output.source);
      if (name !== 'index.html') files.push(`./${name}`);
    }
    const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
    for (const name of readdirSync(publicFolder).sort()) {
      hash.update(name).update(readFileSync(`${publicFolder}/${name}`));
      files.push(`./${name}`);
    }
    const source = readFileSync(template, 'utf8')
      .replace("'VERSION'", JSON.stringify(hash.digest('hex').slice(0, 16)))
      .replace("['FILES']", JSON.stringify(files));
    this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
  },
});

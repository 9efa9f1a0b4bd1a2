import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { run } from './run.mjs';

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ours are kept here; what they depend on comes from the registry that npm is set up with. */
const config = (folder, uplink) => `
storage: ${join(folder, 'storage')}
uplinks: { outside: { url: ${uplink}, maxage: 60m } }
packages:
  'segscape': { access: $all, publish: $all }
  '@segscape/*': { access: $all, publish: $all }
  '**': { access: $all, proxy: outside }
max_body_size: 200mb
log: { type: file, path: ${join(folder, 'verdaccio.log')}, level: warn }
`;

/**
 * A real npm registry (verdaccio) on this machine alone, with our tarballs published to it.
 *
 * @returns {Promise<{ url: string, stop: () => void }>} what `npm install --registry` takes.
 */
export async function startRegistry(root, tarballs) {
  const folder = join(root, 'registry');
  await mkdir(join(folder, 'storage'), { recursive: true });
  // One of its parts asks for node-fetch by a tag, 'cjs', which mirrors of npm need not have.
  const manifest = { name: 'registry', private: true, overrides: { 'node-fetch': '2.6.7' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await run(['npm'], ['install', '--no-audit', '--no-fund', '--ignore-scripts', 'verdaccio@6'], folder);
  const { out } = await run(['npm'], ['config', 'get', 'registry'], folder);
  const [port, file] = [await freePort(), join(folder, 'config.yaml')];
  await writeFile(file, config(folder, out.trim()));
  const url = `http://127.0.0.1:${port}/`;
  const server = spawn(
    process.execPath,
    [
      join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio'),
      '--config',
      file,
      '--listen',
      `127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const stop = () => server.kill();
  try {
    await answers(url, join(folder, 'verdaccio.log'));
    // Anybody may publish, but npm asks for a token first.
    await writeFile(join(folder, '.npmrc'), `//127.0.0.1:${port}/:_authToken=anybody\n`);
    for (const tarball of Object.values(tarballs))
      await run(
        ['npm'],
        ['publish', tarball, '--registry', url, '--access', 'public', '--provenance=false'],
        folder,
      );
    return { url, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

async function answers(url, log) {
  for (let attempt = 0; attempt < 120; attempt++) {
    const there = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`the registry does not answer: ${await readFile(log, 'utf8').catch(() => 'no log')}`);
}

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';
import { readTarball } from './tarball.mjs';

/** Every file that a manifest's entries name, with the condition that leads to it: `./dist/index.js` → `default`. */
function* targets(entry, condition = 'default') {
  if (typeof entry === 'string') yield [entry, condition];
  else for (const [name, value] of Object.entries(entry ?? {})) yield* targets(value, name);
}

/** Fails, with all faults at once, where `faults` is not empty. */
function report(faults, note) {
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { note };
}

/** What a reader of the repository, and the registry, need of a package. */
export async function checkManifest({ name, folder, manifest }, root) {
  const faults = [];
  const need = (truth, fault) => truth || faults.push(fault);
  need(
    await hasChangeset(name, folder, manifest, root),
    'no changeset names it, and no CHANGELOG.md has its version',
  );
  need(existsSync(join(folder, 'README.md')), 'README.md is missing');
  need(manifest.license === 'MIT', `license (='${manifest.license}') must be 'MIT'`);
  need(manifest.description?.length > 20, 'description is missing');
  need(manifest.type === 'module', "type must be 'module'");
  need(manifest.sideEffects !== undefined, 'sideEffects is missing');
  need(manifest.engines?.node, 'engines.node is missing');
  need(manifest.files?.includes('dist'), "files must name 'dist'");
  need(manifest.exports?.['./package.json'] === './package.json', "exports['./package.json'] is missing");
  const entries = Object.entries(manifest.exports ?? {}).filter(([path]) => path !== './package.json');
  need(entries.length > 0 || manifest.bin, 'neither exports nor bin');
  for (const [path, entry] of entries) {
    const conditions = [...targets(entry)].map(([, condition]) => condition);
    need(
      conditions.includes('types') && conditions.includes('default'),
      `exports['${path}'] needs types and default`,
    );
  }
  for (const [dependency, range] of Object.entries({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
  })) {
    if (!String(range).startsWith('workspace:')) continue;
    const other = join(root, 'packages', dependency.replace('@segscape/', ''), 'package.json');
    const { private: isPrivate } = JSON.parse(await readFile(other, 'utf8'));
    need(!isPrivate, `depends on ${dependency}, which is private`);
  }
  return report(faults);
}

async function hasChangeset(name, folder, { version }, root) {
  const changesets = join(root, '.changeset');
  for (const file of await readdir(changesets)) {
    if (!file.endsWith('.md') || file === 'README.md') continue;
    const [, head] = (await readFile(join(changesets, file), 'utf8')).split('---');
    if (new RegExp(`['"]${name}['"]\\s*:`).test(head ?? '')) return true;
  }
  const log = join(folder, 'CHANGELOG.md');
  return existsSync(log) && (await readFile(log, 'utf8')).includes(`## ${version}`);
}

/** Packs a package; gives the path of its tarball. */
export async function pack({ name, folder }, pnpm, root) {
  const destination = join(root, 'tarballs');
  await mkdir(destination, { recursive: true });
  await run(pnpm, ['pack', '--pack-destination', destination], folder);
  const prefix = `${name.replace('@', '').replace('/', '-')}-`;
  const file = (await readdir(destination)).find(
    (one) => one.startsWith(prefix) && /^\d/.test(one.slice(prefix.length)),
  );
  if (file === undefined) throw new Error(`pnpm pack left no ${prefix}*.tgz`);
  return join(destination, file);
}

/** Looks into a tarball as npm will: nothing promised is missing, nothing of the workspace is left in it. */
export async function checkTarball(file) {
  const { files, bytes } = await readTarball(file);
  const manifest = JSON.parse(files.get('package.json')?.toString() ?? '{}');
  const faults = [];
  for (const needed of ['README.md', 'LICENSE', 'package.json'])
    if (!files.has(needed)) faults.push(`${needed} is not in it`);
  for (const [target] of targets({ exports: manifest.exports, imports: manifest.imports, bin: manifest.bin }))
    if (!files.has(target.replace('./', ''))) faults.push(`${target} is promised, but not in it`);
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies'])
    for (const [dependency, range] of Object.entries(manifest[kind] ?? {}))
      if (/^(workspace|catalog|file|link):/.test(range)) faults.push(`${kind}.${dependency} is '${range}'`);
  const strays = [...files.keys()].filter((path) => /(^|\/)(test|node_modules|\.turbo)\/|\.tgz$/.test(path));
  if (strays.length > 0) faults.push(`does not belong in it: ${strays.slice(0, 5).join(', ')}`);
  return report(faults, `${files.size} files, ${(bytes / 1024).toFixed(0)} KB`);
}

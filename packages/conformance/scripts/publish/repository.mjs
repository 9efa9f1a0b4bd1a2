import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './run.mjs';

/** git, as nobody in particular. */
export const git = [
  'git',
  '-c',
  'user.name=check',
  '-c',
  'user.email=check@localhost',
  '-c',
  'commit.gpgsign=false',
];

/** Copies what git tracks or would track into a temporary repository of its own, which stands at one commit. */
export async function copyRepository(root) {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'segscape-publish-')));
  const { out } = await run(git, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], root);
  for (const file of new Set(out.split('\0'))) {
    if (file === '' || !existsSync(join(root, file))) continue;
    await mkdir(dirname(join(copy, file)), { recursive: true });
    await cp(join(root, file), join(copy, file));
  }
  await run(git, ['init', '--quiet', '--initial-branch=main'], copy);
  await run(git, ['add', '--all'], copy);
  await run(git, ['commit', '--quiet', '--message', 'copy'], copy);
  return copy;
}

/** The packages that are published, in the order of their folders. */
export const publicPackages = async (root) =>
  (await allPackages(root)).filter(({ manifest }) => !manifest.private);

export async function allPackages(root) {
  const packages = [];
  for (const folder of (await readdir(join(root, 'packages'))).sort()) {
    const file = join(root, 'packages', folder, 'package.json');
    if (!existsSync(file)) continue;
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    packages.push({ name: manifest.name, folder: dirname(file), manifest });
  }
  if (packages.length === 0) throw new Error(`no package in ${root}`);
  return packages;
}

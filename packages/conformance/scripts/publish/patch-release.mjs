import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, publicPackages } from './repository.mjs';
import { run } from './run.mjs';

const patched = '@segscape/losses';
const note = 'A fault of one loss is mended.';

/** Names of packages that depend on one, directly or by others. */
function dependentsOf(name, packages) {
  const found = new Set();
  const visit = (on) => {
    for (const { name: other, manifest } of packages)
      if (manifest.dependencies?.[on] !== undefined && !found.has(other)) {
        found.add(other);
        visit(other);
      }
  };
  visit(name);
  return found;
}

/** After a release, a fix in one package: it and its dependents are raised, the others stay, and the changelog says why. */
export async function tryPatch(copy, pnpm) {
  await run(git, ['add', '--all'], copy);
  await run(git, ['commit', '--quiet', '--message', 'released'], copy);
  try {
    const before = await publicPackages(copy);
    await writeFile(join(copy, '.changeset', 'mended.md'), `---\n'${patched}': patch\n---\n\n${note}\n`);
    await run(pnpm, ['exec', 'changeset', 'version'], copy);
    const after = await publicPackages(copy);
    const raised = after
      .filter(({ manifest }, i) => manifest.version !== before[i].manifest.version)
      .map(({ name }) => name);
    const expected = [patched, ...dependentsOf(patched, before)].sort();
    if (raised.sort().join() !== expected.join())
      throw new Error(`raised were ${raised.join(', ')}; expected ${expected.join(', ')}`);
    const { folder } = after.find(({ name }) => name === patched);
    const changelog = await readFile(join(folder, 'CHANGELOG.md'), 'utf8');
    if (!changelog.includes(note)) throw new Error('its changelog does not say what changed');
    return { note: raised.join(', ') };
  } finally {
    await run(git, ['reset', '--hard', '--quiet'], copy);
    await run(git, ['clean', '-fdq', '.changeset'], copy);
  }
}

// Publishes every public package without publishing it: node scripts/publish.mjs [--keep] [--only TEXT]
//
// In a copy of the repository: manifests, changesets, `changeset version`, `pnpm publish --dry-run`, what the tarballs
// hold; then, from a registry on this machine, what strangers do: one package alone, every README's example after its own
// install line, types by four ways of resolving modules, training, surfaces and prediction by Node 20, 22, 24, Deno and Bun, a
// patch release; pages by four bundlers in Chromium. Closes with `N passed, N failed`. `--only` tries those users alone whose check has
// the text in its name, after what all of them need.
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundlers } from './bundlers/bundlers.mjs';
import { measureImport, tryInEmptyProject } from './publish/empty-project.mjs';
import { checkManifest, checkTarball, pack } from './publish/package-checks.mjs';
import { installPage, tryPage } from './publish/pages.mjs';
import { tryPatch } from './publish/patch-release.mjs';
import { startRegistry } from './publish/registry.mjs';
import { allPackages, copyRepository, publicPackages } from './publish/repository.mjs';
import { pnpmCommand, run } from './publish/run.mjs';
import { runtimes, tryLab, tryRuntime } from './publish/runtimes.mjs';
import { tryAlone, tryReadme, tryTypes } from './publish/users.mjs';

const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const pnpm = pnpmCommand(root);
const counts = { passed: 0, failed: 0 };
const { keep, only = '' } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { keep: { type: 'boolean' }, only: { type: 'string' } },
}).values;

/** A check that others need, whatever was asked for. */
const needed = { needed: true };

/** Runs one numbered check, if it was asked for; it fails by throwing. What it returns is printed beside its name and handed on. */
async function check(name, action, { needed: always = false } = {}) {
  if (!(always || name.includes(only))) return undefined;
  const number = counts.passed + counts.failed + 1;
  try {
    const result = await action();
    counts.passed++;
    console.log(`${number}. ok      ${name}${result?.note ? ` (${result.note})` : ''}`);
    return result;
  } catch (error) {
    counts.failed++;
    console.log(`${number}. FAILED  ${name}\n   ${String(error.message ?? error).replaceAll('\n', '\n   ')}`);
    return undefined;
  }
}

const copy = await copyRepository(root);
try {
  await check(
    'a copy of the repository installs from the lockfile',
    () => run(pnpm, ['install', '--prefer-offline', '--frozen-lockfile', '--ignore-scripts'], copy),
    needed,
  );
  const packages = await publicPackages(copy);
  const build = () => {
    const filters = packages.map(({ name }) => `--filter=${name}`);
    const quiet = ['--concurrency=2', '--output-logs=errors-only', '--continue'];
    const cache = `--cache-dir=${root}/.turbo/cache`; // what was built here need not be built again
    return run(pnpm, ['exec', 'turbo', 'run', 'build', ...filters, ...quiet, cache], copy);
  };
  await check('every public package builds', build, needed);
  for (const one of packages)
    await check(`${one.name}: changeset, README, license, files, exports and types`, () =>
      checkManifest(one, copy),
    );
  const raiseVersions = async () => {
    const before = await allPackages(copy);
    await run(pnpm, ['exec', 'changeset', 'version'], copy);
    const after = await allPackages(copy);
    const versions = after.map(({ name, manifest }, i) => ({
      name,
      manifest,
      was: before[i].manifest.version,
    }));
    const isWrong = ({ manifest, was }) =>
      manifest.private ? manifest.version !== was : manifest.version === '0.0.0';
    const wrong = versions.filter(isWrong).map(({ name, manifest }) => `${name} is ${manifest.version}`);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    const versioned = after.filter(({ manifest }) => !manifest.private);
    return { note: [...new Set(versioned.map(({ manifest }) => manifest.version))].join(', ') };
  };
  await check('changeset version raises every public package, and no private one', raiseVersions, needed);
  await check('pnpm -r publish --dry-run names every public package', async () => {
    const output = await run(
      pnpm,
      ['-r', 'publish', '--dry-run', '--no-git-checks', '--access', 'public'],
      copy,
    );
    const silent = packages.filter(({ name }) => !output.text.includes(name));
    if (silent.length > 0)
      throw new Error(`not published: ${silent.map(({ name }) => name).join(', ')}\n${output.text}`);
  });
  const tarballs = {};
  for (const one of await publicPackages(copy)) {
    const packOne = async () => {
      tarballs[one.name] = await pack(one, pnpm, copy);
      return checkTarball(tarballs[one.name]);
    };
    await check(`${one.name}: the tarball holds what its manifest promises`, packOne, needed);
  }
  const project = await check(
    '@segscape/losses installs in an empty project, with core, morphology and pure-rand only',
    () => tryInEmptyProject.install(copy, tarballs),
  );
  if (project !== undefined) {
    await check('a LayersModel trains there with focal as its loss', () =>
      tryInEmptyProject.train(project.folder),
    );
    await check('importing focal adds at most 12 KB gzip to a bundle', () =>
      measureImport(project.folder, 'focal', 12),
    );
  }
  await check('a patch of one package raises it and those that depend on it, and says what changed', () =>
    tryPatch(copy, pnpm),
  );
  const registry = await check(
    'all of them are published to a registry on this machine',
    () => startRegistry(copy, tarballs),
    needed,
  );
  if (registry !== undefined)
    try {
      const released = await publicPackages(copy);
      for (const one of released)
        await check(`${one.name} alone, in an empty folder`, () => tryAlone(copy, registry.url, one));
      for (const one of released.filter(({ name }) => name !== 'segscape'))
        await check(`${one.name}: the README's example after its own install line`, () =>
          tryReadme(copy, registry.url, one),
        );
      await check('all entries have types, by four ways of resolving modules', () =>
        tryTypes(copy, registry.url, released),
      );
      for (const runtime of runtimes)
        await check(`${runtime.name} trains, draws surfaces and predicts`, () =>
          tryRuntime(copy, registry.url, runtime),
        );
      await check('segscape lab serves the app from the installed package', () => tryLab(copy));
      const application = await check('pages install, with WebGL alone of the backends', () =>
        installPage(copy, registry.url),
      );
      for (const name of application === undefined ? [] : Object.keys(bundlers))
        await check(`pages built by ${name} train, draw surfaces and predict in Chromium`, () =>
          tryPage(application.folder, name),
        );
    } finally {
      registry.stop();
    }
} finally {
  if (keep) console.log(`Kept: ${copy}`);
  else await rm(copy, { recursive: true, force: true });
}
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

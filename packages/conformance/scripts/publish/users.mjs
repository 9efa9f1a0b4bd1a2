import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { run } from './run.mjs';

/** A stranger's empty folder. */
async function emptyFolder(root, name, type = 'module') {
  const folder = join(root, 'users', name);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    `{ "name": "${name}", "private": true, "type": "${type}" }\n`,
  );
  return folder;
}

/** npm, as a stranger has it. */
const install = (folder, registry, packages, ...more) =>
  run(['npm'], ['install', '--no-audit', '--no-fund', '--registry', registry, ...more, ...packages], folder);

/** What a README tells to install: the packages of its first `npm install` line. */
function installLine(readme) {
  const [, line] = /^npm install (?:-g )?([^\n#]+)/m.exec(readme) ?? [];
  if (line === undefined) throw new Error('the README has no install line');
  return line.trim().split(/\s+/);
}

/** A package's README example, run by Node in an empty folder after exactly the README's own install line. */
export async function tryReadme(root, registry, { name, folder: packageFolder }) {
  const readme = await readFile(join(packageFolder, 'README.md'), 'utf8');
  const folder = await emptyFolder(root, `readme-${name.replace(/\W+/g, '-')}`);
  const packages = installLine(readme);
  await install(folder, registry, packages);
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  if (code === undefined) throw new Error('the README has no example');
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  await writeFile(join(folder, 'example.mjs'), outputText);
  await run([process.execPath], ['example.mjs'], folder);
  return { note: packages.join(' ') };
}

/** A package alone: npm brings what it says it needs, and its main entry loads, by `import` and by `require`. */
export async function tryAlone(root, registry, { name, manifest }) {
  const folder = await emptyFolder(root, `alone-${name.replace(/\W+/g, '-')}`);
  const optional = Object.keys(manifest.peerDependenciesMeta ?? {});
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter((peer) => !optional.includes(peer));
  await install(folder, registry, [name, ...peers], '--ignore-scripts');
  const { packages } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.keys(packages)
    .filter(Boolean)
    .map((path) => path.split('node_modules/').at(-1));
  const tensors = installed.some((each) => each.startsWith('@tensorflow/'));
  if (['@segscape/core', '@segscape/morphology', '@segscape/augment'].includes(name) && tensors)
    throw new Error(`it brings TensorFlow.js: ${installed.join(', ')}`);
  if (manifest.exports?.['.']) {
    await writeFile(
      join(folder, 'load.mjs'),
      `import * as all from '${name}'; console.log(Object.keys(all).length);\n`,
    );
    await writeFile(join(folder, 'load.cjs'), `console.log(Object.keys(require('${name}')).length);\n`);
    const [byImport, byRequire] = [
      await run([process.execPath], ['load.mjs'], folder),
      await run([process.execPath], ['load.cjs'], folder),
    ];
    const count = Number(byImport.out.trim().split('\n').at(-1));
    if (!(count > 0)) throw new Error('its main entry exports nothing');
    if (!byRequire.out.includes(String(count)))
      throw new Error(`require gives other names: ${byRequire.out}`);
  }
  return { note: `${installed.length} packages` };
}

/** Every entry of every package, as TypeScript sees them by each way of resolving modules. */
export async function tryTypes(root, registry, packages) {
  const folder = await emptyFolder(root, 'types');
  const libraries = packages.filter(({ manifest }) => manifest.exports?.['.']);
  const optional = [
    '@tensorflow/tfjs-core',
    '@tensorflow/tfjs-layers@4.22.0',
    '@types/node@20',
    'typescript@6',
  ];
  await install(
    folder,
    registry,
    [...libraries.map(({ name }) => name), ...optional],
    '--ignore-scripts',
    '--legacy-peer-deps',
  );
  const entries = libraries.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports)
      .filter((entry) => !entry.endsWith('.json'))
      .map((entry) => `${name}${entry.slice(1)}`),
  );
  const lines = entries.map(
    (entry, i) => `import * as part${i} from '${entry}';\nexport type Part${i} = typeof part${i};`,
  );
  await writeFile(join(folder, 'all.mts'), `${lines.join('\n')}\n`);
  const ways = [
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
    ['bundler', 'preserve'],
  ];
  for (const [moduleResolution, module] of ways) {
    const options = [
      '--noEmit',
      '--pretty',
      'false',
      '--strict',
      '--skipLibCheck',
      'false',
      '--target',
      'es2022',
      '--lib',
      'es2023,dom,dom.iterable,dom.asynciterable',
    ];
    const wrong = await run(
      ['npx', '--no-install', 'tsc'],
      [...options, '--moduleResolution', moduleResolution, '--module', module, 'all.mts'],
      folder,
    ).then(
      () => [],
      // What others' declarations quarrel about among themselves is not ours.
      ({ text }) =>
        text.split('\n').filter((line) => /^(all\.mts|node_modules\/(@segscape|segscape)\/)/.test(line)),
    );
    if (wrong.length > 0) throw new Error(`${moduleResolution}:\n${wrong.join('\n')}`);
  }
  return { note: `${entries.length} entries, ${ways.map((way) => way.join('/')).join(', ')}` };
}

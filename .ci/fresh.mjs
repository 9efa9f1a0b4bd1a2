// What a machine with only Node and npm needs to build, test and try SegScape: `node .ci/fresh.mjs demo | test | test:full`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [task = 'test', ...rest] = process.argv.slice(2);

/** Runs the pinned pnpm, fetched by npx where it is not installed; resolves with the exit code and all output. */
function pnpm(args, { quiet = false } = {}) {
  const child = spawn('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', TURBO_TELEMETRY_DISABLED: '1' },
  });
  let output = '';
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    stream.on('data', (chunk) => {
      output += chunk;
      if (!quiet) to.write(chunk);
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, output })));
}

async function need(args, options) {
  const { code, output } = await pnpm(args, options);
  if (code === 0) return output;
  if (options?.quiet) process.stderr.write(output);
  process.exit(code);
}

const browsers = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Finds Chromium, or installs Debian's where that is possible; else says what to do. */
function chromium() {
  const found = () => browsers.find((path) => path && existsSync(path));
  if (!found() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing chromium for the browser tests …');
    const run = (...args) =>
      spawnSync('apt-get', args, {
        stdio: 'ignore',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    run('update');
    run('install', '-y', '--no-install-recommends', 'chromium');
  }
  const path = found();
  if (path) return path;
  console.error(
    'The browser tests need Chromium. Install it (Debian: apt-get install chromium), or name an executable in CHROMIUM_PATH.',
  );
  process.exit(1);
}

/** Sums vitest's own counts over all packages, and closes with one line. */
function summary(output) {
  const count = (word) =>
    [...output.matchAll(/^.*\bTests\b\s+(.*)$/gm)].reduce(
      (sum, [, line]) => sum + Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0),
      0,
    );
  const skipped = count('skipped');
  return `${count('passed')} passed, ${count('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** Every failed test of all packages with what it said, for a log whose middle nobody reads. */
function failures(output) {
  const lines = stripVTControlCharacters(output).split('\n');
  return lines.flatMap((line, at) => {
    const name = /^(\S+:test\S*:)\s+FAIL\s/.exec(line)?.[1];
    if (!name) return [];
    // Packages write at the same time: what follows a line is what follows it under its package's name.
    const said = lines.slice(at + 1, at + 200).filter((next) => next.startsWith(name));
    const end = said.findIndex((next) => /:\s+❯\s/.test(next));
    return [line, ...said.slice(0, Math.min(end < 0 ? 12 : end + 1, 12))];
  });
}

console.log('Installing packages …');
await need(['install', '--frozen-lockfile'], { quiet: true });

if (task === 'demo') {
  console.log('Building …');
  await need(['exec', 'turbo', 'run', 'build', '--filter=segscape...'], { quiet: true });
  const cli = spawn(
    process.execPath,
    [join(root, 'packages/segscape/dist/cli.js'), 'run', '--preset', 'demo', ...rest],
    { stdio: 'inherit' },
  );
  // The command itself stops cleanly on Ctrl-C; this process only waits for it.
  process.on('SIGINT', () => {});
  cli.on('close', (code) => process.exit(code ?? 1));
} else {
  process.env.CHROMIUM_PATH = chromium();
  const tasks = [
    'build',
    'lint',
    '//#lint:root',
    // All packages as one program, which reads what they share once; the lab has Svelte's own check.
    '//#typecheck:root',
    '@segscape/lab#typecheck',
    'test',
    'test:browser',
    ...(task === 'test:full' ? ['test:full'] : []),
  ];
  const { code, output } = await pnpm([
    'exec',
    'turbo',
    'run',
    ...tasks,
    '--concurrency=3',
    '--continue',
    '--output-logs=new-only',
    ...rest,
  ]);
  for (const line of failures(output)) console.log(line);
  console.log(`\n${summary(output)}`);
  process.exit(code);
}

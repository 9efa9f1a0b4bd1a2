import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The pnpm that runs this script, else the one on the PATH, else the pinned one by npx.
 *
 * @returns {readonly string[]} the command and its first arguments.
 */
export function pnpmCommand(root) {
  const running = process.env.npm_execpath ?? '';
  if (basename(running).startsWith('pnpm'))
    return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
  if (spawnSync('pnpm', ['--version'], { stdio: 'ignore' }).status === 0) return ['pnpm'];
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return ['npx', '--yes', packageManager];
}

/**
 * Runs a command in a folder.
 *
 * @throws {Error} with the end of what it printed, when its exit code is not 0.
 */
export function run([command, ...first], args, cwd) {
  const shown = [basename(command), ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      // onnxruntime-node's install fetches CUDA's libraries, and fails without internet; the READMEs tell of this way.
      env: {
        ...cleanEnvironment(),
        ONNXRUNTIME_NODE_INSTALL: 'skip',
        CI: '1',
        NO_COLOR: '1',
        FORCE_COLOR: '0',
        TURBO_TELEMETRY_DISABLED: '1',
      },
    });
    let text = '';
    let out = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', (error) => reject(new Error(`${shown}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve({ text, out });
      else
        reject(
          Object.assign(
            new Error(`${shown} ended with ${code}:\n${text.trim().split('\n').slice(-25).join('\n')}`),
            { text },
          ),
        );
    });
  });
}

/** Without what the package manager that runs this script tells its own scripts, which would bind others to its folder. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(npm_(package|lifecycle|execpath|command|node)|INIT_CWD|PNPM_SCRIPT|TURBO_HASH)/.test(name),
    ),
  );
}

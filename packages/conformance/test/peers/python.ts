import { execFileSync, spawnSync } from 'node:child_process';

/** Debian's Python has python3-torch and python3-onnx; PYTHON names another one. */
export const python = process.env.PYTHON ?? '/usr/bin/python3';

/** Why some modules cannot be imported, for a skipped test to tell; empty where they can. */
export function lacks(...modules: readonly string[]): string {
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
  return status === 0 ? '' : `${python} has not all of ${modules.join(', ')}; PYTHON names another one`;
}

/** What a script prints. */
export const printed = (script: string, args: readonly string[] = []): string =>
  execFileSync(python, ['-W', 'ignore', script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, discFolder, segscape, tinyConfig, workFolder } from './cli.js';

/** Debian's `script` of util-linux runs a command in a terminal of its own. */
const hasTerminal = process.platform === 'linux' && existsSync('/usr/bin/script') && isUtilLinux();
function isUtilLinux(): boolean {
  try {
    return execFileSync('/usr/bin/script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** What a terminal of so many columns is sent. */
async function inTerminal(columns: number, cwd: string, ...args: string[]): Promise<string> {
  const command = [process.execPath, cli, ...args].map(quoted).join(' ');
  const { stdout } = await promisify(execFile)(
    '/usr/bin/script',
    ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'],
    { cwd, env: { ...process.env, TERM: 'xterm' } },
  );
  return stdout;
}

/** Lines as they stand: each part that a carriage return begins anew is one. */
const linesOf = (sent: string) =>
  stripVTControlCharacters(sent)
    .split(/\r?\n|\r/)
    .map((line) => line.trimEnd());

describe.skipIf(!hasTerminal)('in a terminal', () => {
  const folder = workFolder();
  beforeAll(async () => {
    await discFolder(join(folder, 'discs'), 4, 32);
    writeFileSync(join(folder, 'tiny.yaml'), tinyConfig({ epochs: 1 }));
    const { code, err } = await segscape(folder, 'run', 'tiny.yaml', '--out', 'run');
    expect(code, err).toBe(0);
  });

  const commands: [string, ...string[]][] = [
    ['kinds'],
    ['kinds', 'loss'],
    ['kinds', 'focal'],
    ['backends'],
    ['doctor'],
    ['data', '--data', 'folder', '--images', 'discs/images', '--masks', 'discs/masks'],
    ['judge', '--truth', 'discs/masks', '--predictions', 'ours=discs/masks', '--out', 'judged'],
    ['run', 'tiny.yaml', '--out', 'again'],
  ];
  test.each(commands.flatMap((args) => [80, 40].map((columns) => [args.join(' '), columns, args] as const)))(
    'the tables of %s fit %d columns',
    async (_, columns, args) => {
      // What is written needs a place of its own.
      const own = args.map((arg) => (/^(judged|again)$/.test(arg) ? `${arg}-${columns}` : arg));
      const lines = linesOf(await inTerminal(columns, folder, ...own));
      // Tables, framed or listed; sentences wrap by themselves.
      const inTable = lines.filter((line) => /[│┌├└]/.test(line));
      expect(inTable.filter((line) => [...line].length > columns)).toEqual([]);
      expect(lines.some((line) => line !== '')).toBe(true);
      // A table that is cut shows so by the ellipsis of cli-table3.
      expect(inTable.filter((line) => line.includes('…'))).toEqual([]);
    },
  );
});

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { segscape, workFolder } from './cli.js';

const folder = workFolder();
const commands = async () => {
  const { out } = await segscape(folder, '--help');
  return [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z-]+)(?: \[| <|$| {2})/gm)].map(
    ([, name]) => name!,
  );
};

test('help tells the exit codes, and each command that takes something has an example', async () => {
  const { out, code } = await segscape(folder, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}130 .*\n {2}141 /);
  for (const name of [
    'run',
    'predict',
    'judge',
    'export',
    'report',
    'verify',
    'kinds',
    'data',
    'init',
    'completion',
  ])
    expect((await segscape(folder, name, '--help')).out, name).toContain(`Examples:\n  `);
});

test.each(['bash', 'zsh', 'fish'])(
  'the completion of %s has every command and every option of run',
  async (shell) => {
    const { out, code } = await segscape(folder, 'completion', shell);
    expect(code).toBe(0);
    for (const name of (await commands()).filter((one) => one !== 'help')) expect(out).toContain(name);
    const help = (await segscape(folder, 'run', '--help')).out;
    for (const [, option] of help.matchAll(/^ {2}--([a-z-]+)/gm)) expect(out).toContain(option);
  },
);

test('bash completes commands and options by it', async () => {
  const { out } = await segscape(folder, 'completion', 'bash');
  const file = join(folder, 'completion.bash');
  writeFileSync(file, out);
  const completed = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _segscape; echo "\${COMPREPLY[@]}"`,
        file,
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split(' ');
  expect(completed('segscape', 'pre')).toEqual(['predict']);
  expect(completed('segscape', 'run', '--lo')).toEqual(['--losses']);
});

test('an unknown shell is named', async () => {
  const { code, err } = await segscape(folder, 'completion', 'tcsh');
  expect(code).toBe(1);
  expect(err).toContain("the shell 'tcsh' is not known. Known: bash, zsh, fish.");
});

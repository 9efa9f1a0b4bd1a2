import {
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join, relative } from 'node:path';
import { difference, fingerprint, segscape, workFolder } from './study.mjs';

const harms = {
  truncated: async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  emptied: (path) => truncate(path, 0),
  flipped: async (path) => {
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length / 2)] ^= 4;
    await writeFile(path, bytes);
  },
  deleted: (path) => rm(path),
  unreadable: (path) => chmod(path, 0),
  folder: async (path) => {
    await rm(path);
    await mkdir(path);
  },
  symlink: async (path) => {
    await rename(path, `${path}.elsewhere`);
    await symlink(`${path}.elsewhere`, path);
  },
};

const commands = {
  inspect: (out) => ['inspect', out],
  report: (out) => ['report', out],
  predict: (out) => ['predict', out, 'pictures', '--out', `${out}-masks`],
  resume: (out) => ['run', '--resume', '--out', out],
};

/** Root may read everything, and a link to the same bytes is no damage. */
const harmless = (harm) => harm === 'symlink' || (harm === 'unreadable' && process.getuid?.() === 0);

/** Every file of a run, harmed in every way, and each command on it: named, mended, or not needed, never used in silence. */
export async function damages({ pick, share }) {
  const folder = await workFolder();
  const whole = await segscape(folder, ['run', 'tiny.yaml', '--out', 'whole']);
  if (whole.code !== 0) throw new Error(`the study itself failed: ${whole.err}`);
  await mkdir(join(folder, 'pictures'));
  const maps = await readdir(join(folder, 'whole', 'maps'), { recursive: true });
  const picture = maps.find((name) => name.endsWith('image.png'));
  await cp(join(folder, 'whole', 'maps', picture), join(folder, 'pictures', 'a.png'));
  const expected = await fingerprint(join(folder, 'whole'));
  await segscape(folder, ['predict', 'whole', 'pictures', '--out', 'masks']);
  const mask = await readFile(join(folder, 'masks', 'a.png'));
  await cp(join(folder, 'whole'), join(folder, 'reported'), { recursive: true });
  await segscape(folder, commands.report('reported'));
  const page = await readFile(join(folder, 'reported', 'report.html'));
  const entries = await readdir(join(folder, 'whole'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(folder, 'whole'), join(entry.parentPath, entry.name)));
  const cases = files.flatMap((file) =>
    Object.keys(harms).flatMap((harm) => Object.keys(commands).map((command) => ({ file, harm, command }))),
  );
  const lost = [];
  const chosen = pick(cases, 240, share);
  for (const { file, harm, command } of chosen) {
    const out = 'harmed';
    await cp(join(folder, 'whole'), join(folder, out), { recursive: true });
    await harms[harm](join(folder, out, file));
    const { code, signal, out: said, err } = await segscape(folder, commands[command](out));
    const name = file.split('/').at(-1);
    const named = `${said}${err}`.includes(name);
    const same = await equal({ folder, out, command, expected, mask, page });
    const trace = /\n {4}at /.test(err);
    const wrong = signal
      ? `ended by ${signal}`
      : trace
        ? `a raw error: ${err.trim().split('\n')[0]}`
        : harmless(harm) || named || (code === 0 && same)
          ? undefined
          : `code ${code}, not named, and the result is ${same ? 'the same' : 'another'}`;
    if (wrong !== undefined) lost.push(`${file} ${harm}, ${command}: ${wrong}`);
    await chmod(join(folder, out, file), 0o644).catch(() => {});
    await rm(join(folder, out), { recursive: true, force: true });
    await rm(join(folder, `${out}-masks`), { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
  return { tried: chosen.length, lost };
}

/** Whether a command came to what it comes to on a sound run. */
async function equal({ folder, out, command, expected, mask, page }) {
  // Inspecting finds nothing only where nothing is wrong; it must name every harm.
  if (command === 'inspect') return false;
  if (command === 'predict')
    return mask.equals(await readFile(join(folder, `${out}-masks`, 'a.png')).catch(() => Buffer.alloc(0)));
  // A part that is left out without a word is a loss, too.
  if (command === 'report')
    return page.equals(await readFile(join(folder, out, 'report.html')).catch(() => Buffer.alloc(0)));
  return difference(await fingerprint(join(folder, out)), expected) === undefined;
}

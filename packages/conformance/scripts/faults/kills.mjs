import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { difference, fingerprint, preload, segscape, workFolder } from './study.mjs';

/** Killed with -9 before, in and after an operation on files, and resumed: the run must end as one that was not. */
export async function kills({ pick, share }) {
  const folder = await workFolder();
  const hooked = (env) => ({ env, nodeArgs: ['--import', preload] });
  const counted = { KILL_AT: 'count', COUNT_FILE: join(folder, 'count') };
  const whole = await segscape(folder, ['run', 'tiny.yaml', '--out', 'whole'], hooked(counted));
  if (whole.code !== 0) throw new Error(`the study itself failed: ${whole.err}`);
  const expected = await fingerprint(join(folder, 'whole'));
  const count = Number(await readFile(counted.COUNT_FILE, 'utf8'));
  const places = Array.from({ length: count }, (_, i) => i + 1).flatMap((n) =>
    ['before', 'within', 'after'].map((side) => `${n}:${side}`),
  );
  const lost = [];
  const chosen = pick(places, 60, share);
  for (const place of chosen) {
    const out = `killed-${place.replace(':', '-')}`;
    const killed = await segscape(folder, ['run', 'tiny.yaml', '--out', out], hooked({ KILL_AT: place }));
    // Before the folder is a run there is nothing to resume; then it is begun again.
    const resumed = await segscape(folder, ['run', '--resume', '--out', out]);
    const last = resumed.code === 0 ? resumed : await segscape(folder, ['run', 'tiny.yaml', '--out', out]);
    const wrong =
      killed.signal === 'SIGKILL' || killed.code === 0
        ? last.code === 0
          ? difference(await fingerprint(join(folder, out)), expected)
          : `cannot go on: ${last.err.trim().split('\n')[0]}`
        : `ended by itself: ${killed.err.trim().split('\n')[0]}`;
    if (wrong !== undefined) lost.push(`kill ${place} of ${count}: ${wrong}`);
    await rm(join(folder, out), { recursive: true, force: true });
  }
  await rm(folder, { recursive: true, force: true });
  return { tried: chosen.length, lost };
}

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Ticks of a second in Linux's process accounts. */
const ticks = 100;

/** Seconds of processor time that a process has taken; NaN where the system does not tell. */
function cpuSeconds(pid: number): number {
  try {
    // The name, in brackets, may hold blanks; what follows does not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  } catch {
    return Number.NaN;
  }
}

const total = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

/** Waits until the processes take (almost) nothing: their threads sleep. Gives up after two seconds. */
export async function quiet(pids: readonly number[]): Promise<void> {
  for (let waited = 0; waited < 2000; waited += 200) {
    const before = total(pids);
    await setTimeout(200);
    const taken = total(pids) - before;
    if (!(taken > 0.01)) return;
  }
}

/** Watches processes; the function returned tells what share of a core they took since. */
export function idleShare(pids: readonly number[]): () => number {
  const [before, began] = [total(pids), performance.now()];
  return () => {
    const share = (total(pids) - before) / ((performance.now() - began) / 1000);
    return Number.isNaN(share) ? 0 : share;
  };
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Python with h5py, and why there is none. */
export function pythonWithHdf5(): { python?: string; reason: string } {
  for (const python of ['python3', '/usr/bin/python3'])
    try {
      execFileSync(python, ['-c', 'import h5py, numpy'], { stdio: 'ignore' });
      return { python, reason: '' };
    } catch {
      // tries the next
    }
  return { reason: 'no Python with h5py and NumPy is installed' };
}

/** Runs a program in a folder of its own, with the files that `use` puts there. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-h5-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

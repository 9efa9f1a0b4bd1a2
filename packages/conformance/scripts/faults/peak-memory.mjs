import { readFileSync, writeFileSync } from 'node:fs';

const megabytes = (field) =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

/**
 * Megabytes by which a process grew at the most since `begin()`. Linux knows the peak and lets it be forgotten; elsewhere
 * it is what is held at the end.
 */
export function peakMemory() {
  let before = 0;
  const isLinux = process.platform === 'linux';
  return {
    begin() {
      if (isLinux) writeFileSync('/proc/self/clear_refs', '5');
      before = isLinux ? megabytes('VmRSS') : process.memoryUsage().rss / 2 ** 20;
    },
    grown: () => (isLinux ? megabytes('VmHWM') : process.memoryUsage().rss / 2 ** 20) - before,
  };
}

import { arch, cpus, platform } from 'node:os';
import type { BackendInfo } from '@segscape/backend';

/** One line on where a run was computed. */
export function platformName({ device }: BackendInfo): string {
  const processors = cpus();
  return `Node ${process.versions.node}, ${platform()} ${arch()}, ${processors.length} × ${processors[0]?.model.trim() ?? 'CPU'}${device ? `, ${device}` : ''}`;
}

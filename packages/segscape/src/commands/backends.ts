import { listBackends } from '@segscape/backend';
import Table from 'cli-table3';

/** `segscape backends`: what this machine can compute on. */
export async function backends(): Promise<number> {
  const table = new Table({
    head: ['backend', 'here', 'device', 'trains', 'precision', 'step', 'note'],
    style: { head: [], border: [] },
    colWidths: [null, null, null, null, null, null, 60],
    wordWrap: true,
  });
  for (const {
    name,
    available,
    device,
    canTrain,
    precision,
    probeMs,
    reason,
    enable,
  } of await listBackends())
    table.push([
      name,
      available ? 'yes' : 'no',
      device ?? '',
      canTrain ? 'yes' : 'no',
      precision ?? '',
      probeMs === undefined ? '' : `${probeMs.toFixed(0)} ms`,
      available ? (reason ?? '') : `${reason ?? ''}. To have it: ${enable ?? ''}`,
    ]);
  process.stdout.write(`${table.toString()}\n`);
  return 0;
}

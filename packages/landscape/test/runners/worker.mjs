// A worker of its own process, as `segscape worker` is one: node worker.mjs PORT [LOCK_SECONDS]
import { useBackend } from '@segscape/backend';
import { serveGrid } from '@segscape/landscape/bullmq';
import registry from './registry.mjs';

await useBackend('cpu');
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const done = serveGrid({
  connection: { port: Number(process.argv[2]) },
  registry,
  jit: { executor: 'eager' },
  lockSeconds: Number(process.argv[3] ?? 30),
  signal: stop.signal,
});
process.stdout.write('ready\n');
process.stdout.write(`${JSON.stringify(await done)}\n`);
process.exit(0);

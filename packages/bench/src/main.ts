import { augment } from './benches/augment.js';
import { data } from './benches/data.js';
import { forward } from './benches/forward.js';
import { gpu } from './benches/gpu.js';
import { landscape } from './benches/landscape.js';
import { losses } from './benches/losses.js';
import { metrics } from './benches/metrics.js';
import { train } from './benches/train.js';
import { wasmKernels } from './benches/wasm-kernels.js';
import { webgl } from './benches/webgl.js';
import type { Row } from './harness/contest.js';
import { keep, lineOf, machine } from './harness/results.js';
import { PythonPeer } from './python-peer.js';

const benches: Readonly<Record<string, () => AsyncGenerator<Row>>> = {
  train,
  forward,
  losses,
  metrics,
  augment,
  data,
  landscape,
  webgl,
  gpu,
  'wasm-kernels': wasmKernels,
};

const names = process.argv.slice(2).filter((name) => !name.startsWith('--'));
const json = process.argv.includes('--json');
const unknown = names.filter((name) => !Object.hasOwn(benches, name));
if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `bench: ${unknown.length > 0 ? `'${unknown.join("', '")}' is not a benchmark` : 'name at least one benchmark'}. Known: ${Object.keys(benches).join(', ')}.\nusage: pnpm bench NAME… [--json]\n`,
  );
  process.exit(2);
}

const peer = new PythonPeer();
const versions = await peer.ask<Record<string, string>>({ versions: true });
peer.close();
if (!json)
  process.stdout.write(
    `${machine}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}\nours, the peer, ours / the peer's (95 %); the peer's best mode comes last\n`,
  );
for (const name of names) {
  const rows: Row[] = [];
  const when = new Date().toISOString();
  let path = '';
  for await (const row of benches[name]!()) {
    rows.push(row);
    path = keep(name, when, rows, versions);
    const { notes: _, ...plain } = row;
    process.stdout.write(json ? `${JSON.stringify({ ...plain, machine })}\n` : lineOf(row));
  }
  if (!json) process.stdout.write(`kept in ${path}\n`);
}

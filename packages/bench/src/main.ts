import { forward } from './benches/forward.js';
import { losses } from './benches/losses.js';
import { metrics } from './benches/metrics.js';
import { train } from './benches/train.js';
import { wasmKernels } from './benches/wasm-kernels.js';
import type { Row } from './measure.js';

const benches: Readonly<Record<string, () => AsyncGenerator<Row>>> = {
  train,
  forward,
  losses,
  metrics,
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

const line = ({ bench, case: name, peer, oursMs, peerMs, ratio, notes }: Row) =>
  `${bench.padEnd(8)} ${name.padEnd(62)} ${peer.padEnd(10)} ${oursMs.toFixed(1).padStart(9)} ms ${peerMs.toFixed(1).padStart(9)} ms  ratio ${ratio.toFixed(2)}${notes ? `  (${notes})` : ''}\n`;

for (const name of names)
  for await (const row of benches[name]!()) {
    const { notes: _, ...plain } = row;
    process.stdout.write(json ? `${JSON.stringify(plain)}\n` : line(row));
  }

// What a run survives: node scripts/faults.mjs [--seed N] [--share S] [--all]
// Prints what was tried, survived and lost of each kind, and closes with `N passed, N failed`.
import { parseArgs } from 'node:util';
import { damages } from './faults/damages.mjs';
import { disks } from './faults/disks.mjs';
import { endurance } from './faults/endurance.mjs';
import { kills } from './faults/kills.mjs';
import { mutations } from './faults/mutations.mjs';
import { names } from './faults/names.mjs';
import { propertyCases } from './faults/properties.mjs';
import { sampler } from './faults/sampler.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Date.now() / 86_400_000)) },
    share: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const share = values.all ? Number.POSITIVE_INFINITY : Number(values.share);
if (!Number.isInteger(seed) || !(share > 0)) {
  console.error('usage: pnpm test:faults [--seed N] [--share S, 1 is all that fits 45 minutes] [--all]');
  process.exit(2);
}
const parts = { kills, damages, disks, mutations, properties: propertyCases, endurance, names };
if (values.only !== undefined && !Object.hasOwn(parts, values.only)) {
  console.error(`--only '${values.only}' is not known. Known: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
console.log(`seed ${seed}${values.all ? ', all' : `, share ${share}`}`);
const totals = { passed: 0, failed: 0 };
for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  const began = performance.now();
  const { tried, lost } = await part({ pick: sampler(seed, name), share });
  totals.passed += tried - lost.length;
  totals.failed += lost.length;
  for (const line of lost) console.log(`  LOST ${line}`);
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(
    `${name}: ${tried} tried, ${tried - lost.length} survived, ${lost.length} lost (${minutes} min)`,
  );
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;

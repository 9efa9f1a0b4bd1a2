import { useBackend } from '@segscape/backend';
import { makeCase, networks } from './benches/networks.js';
import { stepper } from './benches/stepper.js';

/** Trains one network of the bench for some steps in a process of its own; prints that one's peak in kilobytes. */
const [name, steps] = process.argv.slice(2);
const network = networks.find((known) => known.name === name);
if (network === undefined) throw new Error(`step-memory: there is no network '${name}'.`);
await useBackend('cpu');
const own = stepper(makeCase(network), 'onnxruntime');
for (let step = 0; step < Number(steps); step++) await own.run();
process.stdout.write(String(process.resourceUsage().maxRSS));

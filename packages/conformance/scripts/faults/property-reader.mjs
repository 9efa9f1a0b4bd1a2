// Tries cases of properties: node property-reader.mjs NAME[,NAME…] COUNT SEED
import fc from 'fast-check';
import { properties } from './properties/all.mjs';

const [names, count, seed] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
/** Cases between two signs of life. */
const often = 25;

async function tryCases(name) {
  const { arbitrary, check, show = fc.stringify } = await properties[name].make();
  let begun = 0;
  const property = fc.asyncProperty(arbitrary, async (value) => {
    if (begun++ % often === 0) say({ begins: `${name}, case ${begun}` });
    const fault = await check(value);
    if (fault !== undefined) throw new Error(fault);
  });
  const found = await fc.check(property, { numRuns: Number(count), seed: Number(seed) });
  const fault = found.failed
    ? `${found.errorInstance?.message ?? 'it failed'}; smallest: ${show(found.counterexample[0]).slice(0, 1000)}`
    : undefined;
  say({ name, tried: found.failed ? found.numRuns : Number(count), fault });
}
for (const name of names.split(',')) await tryCases(name);
process.exit(0);

import { properties } from './properties/all.mjs';
import { watchedChild } from './watched-child.mjs';

/** Cases of all properties together. */
const cases = 100_000;

/** What anyone could hand a parser or a figure, drawn and shrunk by fast-check: a right value or a typed error, and nothing besides. */
export async function propertyCases({ pick, share }) {
  const all = Object.entries(properties);
  const whole = all.reduce((sum, [, { share: part }]) => sum + part, 0);
  const found = { tried: 0, lost: [] };
  for (const [name, { share: part }] of all) {
    const count = Math.max(1, Math.ceil((cases * Math.min(share, 20) * part) / whole));
    const seed = pick.rng.integer(0, 2 ** 31);
    const { said, at, ended } = await watchedChild('property-reader.mjs', [name, count, seed], {
      nodeArgs: ['--max-old-space-size=1024'],
    });
    const fact = said.at(-1);
    found.tried += fact?.tried ?? 1;
    if (fact?.fault !== undefined) found.lost.push(`${name} (seed ${seed}): ${fact.fault}`);
    if (ended !== undefined)
      found.lost.push(`${name} (seed ${seed}): ${ended}, at ${at?.begins ?? 'its start'}`);
  }
  return found;
}

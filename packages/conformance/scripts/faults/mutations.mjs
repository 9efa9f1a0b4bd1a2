import { crafted } from './crafted.mjs';
import { formats } from './formats/all.mjs';
import { watchedChild } from './watched-child.mjs';

/** Heap of the process that reads, in megabytes; what lies outside it is measured there. */
const nodeArgs = ['--max-old-space-size=1024'];
/** Mutants of each format. */
const each = 1000;

const inWords = ({ name, fault, bytes }) =>
  `${name}: ${fault}${bytes === undefined ? '' : `; bytes ${bytes}`}`;

/** Mutants of a format in a process of its own: what it says of each, or that it is gone. */
async function mutants(format, count, seed) {
  const { said, at, ended } = await watchedChild('mutant-reader.mjs', [format, count, seed], { nodeArgs });
  const lost = said.filter(({ fault }) => fault !== undefined).map((fact) => `${format} ${inWords(fact)}`);
  if (ended !== undefined) lost.push(`${format}: ${ended}, at ${at?.begins ?? 'its start'}`);
  return { tried: said.length + (ended === undefined ? 0 : 1), lost };
}

/** Everything that was made to break its reader; after one that ends the process the next is read in another. */
async function craftedFiles() {
  const lost = [];
  let tried = 0;
  for (let first = 0; first < crafted.length; ) {
    const { said, at, ended } = await watchedChild('crafted-reader.mjs', [first], { nodeArgs });
    lost.push(...said.filter(({ fault }) => fault !== undefined).map(inWords));
    tried += said.length;
    if (ended === undefined) break;
    if (at === undefined) throw new Error(`the reader of crafted files did not start: ${ended}`);
    lost.push(`${at.begins}: ${ended}`);
    tried++;
    first = at.index + 1;
  }
  return { tried, lost };
}

/** A thousand mutants of each format and parser, and what was made to break them: a right value or a typed error within two seconds and a gigabyte. */
export async function mutations({ pick, share }) {
  const all = await craftedFiles();
  const count = Math.max(1, Math.round(each * Math.min(share, 20)));
  for (const format of Object.keys(formats)) {
    const { tried, lost } = await mutants(format, count, pick.rng.integer(0, 2 ** 31));
    all.tried += tried;
    all.lost.push(...lost);
  }
  return all;
}

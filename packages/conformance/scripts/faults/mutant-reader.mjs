// Reads mutants of files of formats, and says of each what came: node mutant-reader.mjs FORMAT[,FORMAT…] COUNT SEED
import { random } from '@segscape/core';
import { formats } from './formats/all.mjs';
import { judged } from './judged.mjs';
import { mutant } from './mutant.mjs';

const [names, count, seed] = process.argv.slice(2);
const rng = random(Number(seed));
const say = (line) => console.log(JSON.stringify(line));
/** Short enough to stand in a line, so that it can be read again. */
const shown = 4096;

async function readMutants({ seeds, read, codes }) {
  const files = await seeds();
  for (const file of files) {
    const fault = await judged(() => read(file.bytes, file), ['UNSUPPORTED_FORMAT']);
    if (fault !== undefined) say({ name: `${file.name}, as it is`, fault });
  }
  for (let k = 0; k < Number(count); k++) {
    const file = files[k % files.length];
    const { what, out } = mutant(file.bytes, rng);
    const name = `${file.name} ${what}`;
    // Said before it is read: what ends the process has a name, too.
    say({ begins: name });
    const fault = await judged(() => read(out, file), codes);
    const bytes =
      fault !== undefined && out.length <= shown ? Buffer.from(out).toString('base64') : undefined;
    say({ name, fault, bytes });
  }
}
for (const name of names.split(',')) await readMutants(formats[name]);
process.exit(0);

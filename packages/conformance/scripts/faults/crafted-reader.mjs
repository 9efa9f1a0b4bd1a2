// Reads what was made to break its reader, from one on: node crafted-reader.mjs FIRST
import { crafted } from './crafted.mjs';
import { formats } from './formats/all.mjs';
import { judged } from './judged.mjs';

const say = (line) => console.log(JSON.stringify(line));
for (const [i, { format, name, make, ...file }] of crafted.entries()) {
  if (i < Number(process.argv[2])) continue;
  const { read, codes } = formats[format];
  // A reader is warm when its first file is timed.
  for (const seed of (await formats[format].seeds()).slice(0, 1))
    await judged(() => read(seed.bytes, seed), codes);
  const bytes = make();
  say({ begins: `${format}: ${name}`, index: i });
  say({ name: `${format}: ${name}`, fault: await judged(() => read(bytes, file), codes) });
}
process.exit(0);

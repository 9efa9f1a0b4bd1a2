// Reads every image file of a folder and compares with Pillow and tifffile: node scripts/images.mjs DIR [--all]
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isSegscapeError } from '@segscape/core';
import { readImage } from '@segscape/data';

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined || flags.some((flag) => flag !== '--all')) {
  console.error(
    'Give a folder of image files: pnpm test:images DIR [--all]. --all also lists what is equal.',
  );
  process.exit(2);
}
const pictures = /\.(png|jpe?g|jfif|gif|bmp|dib|tiff?|p[bgpn]m)$/i;
const entries = await readdir(resolve(folder), { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile() && pictures.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !path.includes('\n'))
  .sort();
if (files.length === 0) {
  console.error(`There is no image file in '${folder}'.`);
  process.exit(2);
}

const script = fileURLToPath(new URL('images/peers.py', import.meta.url));
const python = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();

const types = new Map([
  [Uint8Array, 'uint8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Float32Array, 'float32'],
]);

/** Peers give the first page or frame of files that hold several, or all of them: each is a reading of ours, too. */
async function own(path) {
  const whole = await reading(path, {});
  const first = whole.depth !== undefined || whole.refused ? [{ page: 0 }, { time: 0 }] : [];
  const parts = [];
  for (const choice of first) parts.push(await reading(path, choice));
  return [whole, ...parts.filter(({ refused }) => !refused)];
}

/** What is read here, in the peers' words; or why it is refused. Any other error is a fault of ours. */
async function reading(path, choice) {
  try {
    const { data, depth, height, width, channels } = await readImage(path, choice);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const shape = [...(depth === undefined ? [] : [depth]), height, width, channels];
    return { depth, shape, type: types.get(data.constructor), sha256 };
  } catch (error) {
    const typed = isSegscapeError(error, 'UNREADABLE_IMAGE') || isSegscapeError(error, 'UNSUPPORTED_FORMAT');
    return { refused: typed ? error.message : `not a typed error: ${error.stack}`, fault: !typed };
  }
}

const counts = { equal: 0, different: 0, refused: 0, 'refused by all': 0, 'read here alone': 0 };
for (const path of files) {
  python.stdin.write(`${path}\n`);
  const [all, { value: line, done }] = [await own(path), await lines.next()];
  if (done) {
    console.error('The peers ended: python3-pil and python3-tifffile are needed (Debian: apt-get install).');
    process.exit(2);
  }
  const { readings, reasons } = JSON.parse(line);
  const isAsPeers = (one) =>
    readings.some(
      ({ shape, type, sha256 }) =>
        sha256 === one.sha256 && type === one.type && shape.join() === one.shape?.join(),
    );
  const same = all.find(isAsPeers);
  const mine = same ?? all[0];
  const verdict = mine.fault
    ? 'different'
    : mine.refused
      ? readings.length > 0
        ? 'refused'
        : 'refused by all'
      : readings.length === 0
        ? 'read here alone'
        : same
          ? 'equal'
          : 'different';
  counts[verdict]++;
  const shown = ({ peer = 'here', shape, type, sha256 }) =>
    `${peer} ${shape.join('×')} ${type} ${sha256.slice(0, 8)}`;
  const why = mine.refused ?? [mine, ...readings].map(shown).join('; ');
  if (verdict !== 'equal' || flags.includes('--all'))
    console.log(`${verdict}: ${path}: ${why}${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`);
}
python.stdin.end();
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${verdict} ${count}`)
    .join(', '),
);
const [passed, failed] = [counts.equal + counts['refused by all'], counts.different + counts.refused];
console.log(`${passed} passed, ${failed} failed, ${counts['read here alone']} skipped`);
process.exitCode = failed > 0 ? 1 : 0;

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('mutant-reader.mjs', import.meta.url));
const fixtures = fileURLToPath(new URL('../../../data/test/fixtures/images.json', import.meta.url));

/** Longest that one file may take, and the memory of the process that reads it. */
const slowest = 2000;
const megabytes = 1024;
/** Mutants of each format. */
const each = 1000;

/** Mutants of a format in a process of its own; what it says of each, or that it is gone. */
async function readAll(format, paths, count, seed) {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${megabytes}`, script, format, String(count), String(seed), ...paths],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const lost = [];
  let last = 'none';
  let tried = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, ms, fault, done } = JSON.parse(line);
    if (done) continue;
    last = name;
    tried++;
    if (fault !== undefined) lost.push(`${format} ${name}: ${fault}`);
    if (ms > slowest) lost.push(`${format} ${name}: took ${Math.round(ms)} ms`);
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
  if (code !== 0) lost.push(`${format}: the reader ended with ${code} after ${last}`);
  return { tried, lost };
}

const endings = {
  png: /\.png$/,
  jpeg: /\.jpe?g$/,
  gif: /\.gif$/,
  bmp: /\.bmp$/,
  tiff: /\.tiff?$/,
};

/** A thousand mutants of each format and parser: a raster or a typed error within two seconds and a gigabyte. */
export async function mutations({ pick, share }) {
  const { files } = JSON.parse(await readFile(fixtures, 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'segscape-mutants-'));
  const paths = [];
  for (const [i, { name, file }] of files.entries()) {
    const path = join(folder, `${i}-${name.replace(/[^\w.-]+/g, '-')}`);
    await writeFile(path, Buffer.from(file, 'base64'));
    paths.push(path);
  }
  const formats = Object.fromEntries(
    Object.entries(endings).map(([format, ending]) => [format, paths.filter((path) => ending.test(path))]),
  );
  const all = { tried: 0, lost: [] };
  const count = Math.round(each * Math.min(share, 20));
  for (const [format, own] of Object.entries({
    ...formats,
    safetensors: ['made'],
    facts: ['made'],
    config: ['made'],
  })) {
    if (own.length === 0) continue;
    const { tried, lost } = await readAll(format, own, count, pick.rng.integer(0, 2 ** 31));
    all.tried += tried;
    all.lost.push(...lost);
  }
  await rm(folder, { recursive: true, force: true });
  return all;
}

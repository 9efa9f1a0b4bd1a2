// Reads mutants of files of one format, and says of each what came: node mutant-reader.mjs FORMAT COUNT SEED FILE…
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { decodeTensors, encodeTensors, isSegscapeError, random } from '@segscape/core';
import { readImage } from '@segscape/data';
import { reportHtml } from '@segscape/report';
import { createRun, memoryStorage } from '@segscape/runs';
import { parseStudyConfig } from '@segscape/study';

const [format, count, seed, ...paths] = process.argv.slice(2);
const rng = random(Number(seed));
const text = (value) => new TextEncoder().encode(value);

const tensors = encodeTensors({
  a: { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) },
  b: { dtype: 'int32', shape: [4], data: new Int32Array(4) },
});
const config = text(`name: tiny
data: { kind: phantom, count: 6, split: { test: 2 } }
losses: [crossEntropy, { kind: weightedSum, terms: [{ loss: { kind: dice } }] }]
training: { epochs: 2, seeds: [1, 2], optimizer: { kind: adam, learningRate: 0.001, schedule: cosine } }
`);
const facts = text(
  JSON.stringify({
    title: 't',
    losses: ['a'],
    seeds: [1],
    classes: ['x', 'y'],
    foreground: 'y',
    pictures: [],
    surfaces: [],
    scores: [],
    material: {
      dataset: {},
      classes: ['x', 'y'],
      train: 1,
      test: 1,
      shares: [0.5, 0.5],
      sizes: { smallest: [1, 1], largest: [1, 1] },
      channels: 1,
      parameters: 1,
    },
    environment: [],
    minutes: 1,
  }),
);

/** What reads a format, and the errors that are an answer. */
const readers = {
  safetensors: { bytes: () => tensors, read: decodeTensors, codes: ['CORRUPT_CHECKPOINT'] },
  config: {
    bytes: () => config,
    read: (bytes) => parseStudyConfig(new TextDecoder().decode(bytes)),
    codes: ['BAD_CONFIG', 'BAD_OPTION'],
  },
  facts: {
    bytes: () => facts,
    read: async (bytes) => {
      const storage = memoryStorage();
      await createRun(storage, { name: 't' });
      await storage.write('report.json', bytes);
      await reportHtml(storage);
    },
    codes: ['CORRUPT_FILE', 'NOT_FOUND'],
  },
};
const image = {
  bytes: (path) => new Uint8Array(readFileSync(path)),
  read: (bytes) => readImage(bytes),
  codes: ['UNREADABLE_IMAGE', 'UNSUPPORTED_FORMAT'],
};
const { bytes: bytesOf, read, codes } = readers[format] ?? image;

/** Truncated, bits flipped, bytes set to what sizes fear, pieces doubled or left out. */
function mutant(bytes) {
  const kind = rng.integer(0, 5);
  const at = rng.integer(0, Math.max(1, bytes.length));
  const out = new Uint8Array(bytes);
  if (kind === 0) return { what: `cut at ${at}`, out: out.subarray(0, at) };
  if (kind === 1) {
    const bit = rng.integer(0, 8);
    out[at] ^= 1 << bit;
    return { what: `bit ${bit} of ${at}`, out };
  }
  if (kind === 2) {
    const length = Math.min(4, out.length - at);
    out.fill(rng.integer(0, 2) === 0 ? 0xff : 0, at, at + length);
    return { what: `${length} bytes at ${at} filled`, out };
  }
  if (kind === 3) {
    const head = rng.integer(0, Math.min(64, out.length));
    out[head] = [0, 1, 0x7f, 0x80, 0xff][rng.integer(0, 5)];
    return { what: `byte ${head} of the header`, out };
  }
  const end = Math.min(out.length, at + rng.integer(1, 64));
  return { what: `${at}–${end} twice`, out: Buffer.concat([out.subarray(0, end), out.subarray(at)]) };
}

const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
for (let k = 0; k < Number(count); k++) {
  const path = paths[k % paths.length];
  const { what, out } = mutant(bytesOf(path));
  const began = performance.now();
  let fault;
  try {
    const raster = await read(out);
    if (raster?.data?.length === 0) fault = 'a raster without pixels';
  } catch (error) {
    if (!codes.some((code) => isSegscapeError(error, code)))
      fault = `not a typed error: ${error?.stack?.split('\n').slice(0, 2).join(' ') ?? error}`;
  }
  if (JSON.stringify(Object.getOwnPropertyNames(Object.prototype)) !== before)
    fault = 'it wrote to Object.prototype';
  console.log(JSON.stringify({ name: `${basename(path)} ${what}`, ms: performance.now() - began, fault }));
}
console.log(JSON.stringify({ done: true }));

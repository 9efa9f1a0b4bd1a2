import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryDataset, splitDataset } from '@segscape/data';
import { decodeSurface, encodeSurface } from '@segscape/landscape/hdf5';
import { reportHtml } from '@segscape/report';
import { createRun, decodeCheckpoint, encodeCheckpoint, memoryStorage, parseHistory } from '@segscape/runs';
import { parseStudyConfig } from '@segscape/study';

const text = (value) => new TextEncoder().encode(value);
const one = (name, bytes) => () => [{ name, bytes: typeof bytes === 'string' ? text(bytes) : bytes }];
const words = (bytes) => new TextDecoder().decode(bytes);

export const configText = `name: tiny
data: { kind: phantom, count: 6, split: { test: 2 } }
losses: [crossEntropy, { kind: weightedSum, terms: [{ loss: { kind: dice } }] }]
training: { epochs: 2, seeds: [1, 2], optimizer: { kind: adam, learningRate: 0.001, schedule: cosine } }
`;
const facts = JSON.stringify({
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
});
const history = `loss,seed,fold,epoch,split,measure,value
dice,1,0,0,train,loss,0.5
"a, ""b""",1,0,1,test,iou.disc,NaN
`;

const six = memoryDataset(
  Array.from({ length: 6 }, (_, i) => ({
    id: `s${i}`,
    image: { data: new Uint8Array(4), height: 2, width: 2, channels: 1 },
    mask: { data: new Uint8Array(4), height: 2, width: 2, channels: 1 },
  })),
  ['a', 'b'],
);
/** A file of its own for what reads paths only. */
let folder;
function fileOf(bytes) {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'segscape-split-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const path = join(folder, 'split.json');
  writeFileSync(path, bytes);
  return path;
}

export const texts = {
  config: {
    seeds: one('a study', configText),
    read: (bytes) => {
      parseStudyConfig(words(bytes));
    },
    codes: ['BAD_CONFIG', 'BAD_OPTION'],
  },
  facts: {
    seeds: one('facts of a report', facts),
    read: async (bytes) => {
      const storage = memoryStorage();
      await createRun(storage, { name: 't' });
      await storage.write('report.json', bytes);
      await reportHtml(storage);
    },
    codes: ['CORRUPT_FILE', 'NOT_FOUND'],
  },
  history: {
    seeds: one('a history', history),
    read: (bytes) => {
      for (const row of parseHistory(words(bytes)))
        if (typeof row.value !== 'number' || !Number.isInteger(row.epoch))
          throw new Error('a row of no numbers');
    },
    codes: ['CORRUPT_FILE'],
  },
  split: {
    seeds: one('a split', '{"train":["s0","s1"],"validation":["s2"],"test":["s3","s4","s5"]}'),
    read: async (bytes) => {
      const { train } = await splitDataset(six, { lists: fileOf(bytes) });
      if (!(train.length >= 0)) throw new Error('a split without a length');
    },
    codes: ['CORRUPT_FILE', 'PAIR_MISSING', 'EMPTY_DATASET', 'BAD_OPTION'],
  },
  surface: {
    seeds: async () => {
      const axis = Float64Array.of(-1, 0, 1);
      const values = { dice: new Float32Array(9).fill(0.5) };
      return [
        { name: 'a surface', bytes: await encodeSurface({ x: axis, y: axis, values, attributes: {} }) },
      ];
    },
    read: async (bytes) => {
      const { x, y, values } = await decodeSurface(bytes);
      for (const grid of Object.values(values))
        if (grid.length !== x.length * y.length) throw new Error('a grid that is not of its axes');
    },
    codes: ['CORRUPT_FILE', 'UNSUPPORTED_FORMAT'],
  },
  checkpoint: {
    seeds: async () => [
      {
        name: 'a checkpoint',
        bytes: await encodeCheckpoint(
          { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } },
          { epoch: 1 },
        ),
      },
    ],
    read: (bytes) => {
      decodeCheckpoint(bytes, 'epoch-0001.safetensors');
    },
    codes: ['CORRUPT_CHECKPOINT'],
  },
};

import { expectTensors } from '@segscape/testing';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GridJob } from '../../src/grids/grid-runner.js';
import { packJob, parseChunk, readValues, unpackJob, writeValues } from '../../src/runners/wire.js';

const jobOf = (batches: GridJob['batches']): GridJob => ({
  objective: { kind: 'net', config: { a: [1, null] } },
  params: { '0': tensor([1, 2]), 'a/b': tensor([[3]]), n: tensor([4], [1], 'int32') },
  directions: [{ '0': tensor([5, 6]) }, {}],
  batches,
  shares: [1],
  points: [],
});
const held = ({ params, directions, batches }: Pick<GridJob, 'params' | 'directions' | 'batches'>) =>
  [params, directions, batches] as unknown as Tensor[];
const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if ('dataId' in value) {
    const w = value as Tensor;
    return { dtype: w.dtype, shape: w.shape, data: [...w.dataSync()] };
  }
  return Array.isArray(value)
    ? value.map(plain)
    : Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
};

describe('a grid as bytes', () => {
  test('comes back: weights, directions, and batches of any form', () =>
    fc.assert(
      fc.asyncProperty(
        fc.letrec<{ tree: unknown }>((tie) => ({
          tree: fc.oneof(
            { depthSize: 'small' },
            fc.constant('tensor'),
            fc.constantFrom(null, 1, true, 'text'),
            fc.array(tie('tree'), { maxLength: 3 }),
            fc.dictionary(
              fc.string({ maxLength: 4 }).filter((s) => s !== '__proto__'),
              tie('tree'),
              { maxKeys: 3 },
            ),
          ),
        })).tree,
        async (tree) => {
          let count = 0;
          const grow = (node: unknown): unknown => {
            if (node === 'tensor') return tensor([count, ++count], [2, 1], count % 2 ? 'int32' : 'float32');
            if (Array.isArray(node)) return node.map(grow);
            if (typeof node === 'object' && node !== null)
              return Object.fromEntries(Object.entries(node).map(([name, part]) => [name, grow(part)]));
            return node;
          };
          const job = jobOf([{ tree: grow(tree), mask: tensor([1, 0], [2], 'bool') }]);
          const { spec, blobs } = await packJob('test', job);
          const again = await unpackJob(spec, async (hash) => blobs[hash]!);
          expect(plain(again.params)).toEqual(plain(job.params));
          expect(plain(again.directions)).toEqual(plain(job.directions));
          expect(plain(again.batches)).toEqual(plain(job.batches));
          dispose([held(job), held(again)] as unknown as Tensor[]);
        },
      ),
      { numRuns: 60 },
    ));

  test('the same content has the same hashes; changed bytes are found', async () => {
    const [a, b] = [jobOf([{ x: tensor([1]) }]), jobOf([{ x: tensor([1]) }])];
    const [first, second] = [await packJob('test', a), await packJob('test', b)];
    expect(second.spec).toEqual(first.spec);
    const damaged = async (hash: string) => {
      const bytes = first.blobs[hash]!.slice();
      bytes[bytes.length - 1]! ^= 1;
      return bytes;
    };
    await expectTensors(0, () =>
      expect(unpackJob(first.spec, damaged)).rejects.toMatchObject({ code: 'CORRUPT_FILE' }),
    );
    dispose([held(a), held(b)] as unknown as Tensor[]);
  });

  test('payloads of another form are refused', async () => {
    const job = jobOf([{ x: tensor([1]) }]);
    const { spec } = await packJob('test', job);
    const points = [{ index: 0, offsets: [1, 2] }];
    const sent = JSON.parse(JSON.stringify({ spec, points })) as object;
    expect(parseChunk(sent)).toEqual({ spec, points });
    for (const bad of [
      null,
      {},
      { points },
      { spec: { ...spec, version: 2 }, points },
      { spec: { ...spec, objective: { kind: 3 } }, points },
      { spec: { ...spec, weights: '../../etc/passwd' }, points },
      { spec: { ...spec, shares: ['1'] }, points },
      { spec, points: [{ index: 0.5, offsets: [] }] },
      { spec, points: [{ index: 0, offsets: [null] }] },
      { spec, points: 'all' },
    ])
      expect(() => parseChunk(bad), JSON.stringify(bad)).toThrow('Let both sides have the same version.');
    dispose(held(job));
  });

  test('values cross as JSON, NaN by its name, and only those that were asked for', () => {
    const points = [
      { index: 3, offsets: [] },
      { index: 5, offsets: [] },
    ];
    const found = [
      { index: 5, values: { dice: Number.NaN, ce: 1.5 } },
      { index: 3, values: { dice: 0, ce: -2 } },
    ];
    const read = (value: unknown) => readValues(JSON.parse(JSON.stringify(value)), points);
    expect(read(writeValues(found))).toEqual(found);
    for (const bad of [
      null,
      [],
      [[3, []]],
      [
        [3, []],
        [3, []],
      ],
      [
        [3, []],
        [5, [['dice', null]]],
      ],
      [
        [3, []],
        [7, []],
      ],
    ])
      expect(() => read(bad), JSON.stringify(bad)).toThrow('values of another form');
  });
});

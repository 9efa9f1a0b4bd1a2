import { type Raster, random, type Sample } from '@segscape/core';
import { memoryDataset, readImage, toFloats } from '@segscape/data';
import { memoryStorage } from '@segscape/runs';
import {
  bioimageioPackage,
  defineKind,
  exportOnnx,
  onnxPredictor,
  openPredictor,
  readModelRecord,
  type StudyInput,
  studyRegistry,
  withKinds,
} from '@segscape/study';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commonRange, type PixelType, typeNotices } from '../src/pixel-types.js';
import { study, tinyStudy } from './tiny-study.js';

/** From unit intensities to those of a type, as scanners and cameras have them. */
const stored: Readonly<Record<PixelType, (values: readonly number[]) => Raster['data']>> = {
  uint8: (values) => Uint8Array.from(values, (v) => 255 * v),
  uint16: (values) => Uint16Array.from(values, (v) => 4095 * v),
  int16: (values) => Int16Array.from(values, (v) => 400 * v - 100),
  int32: (values) => Int32Array.from(values, (v) => 400 * v - 100),
  float32: (values) => Float32Array.from(values, (v) => 2 * v - 1),
};

/** A bright square in noise. */
function sample(n: number, type: PixelType): Sample {
  const rng = random(n);
  const form = { height: 32, width: 32, channels: 1 };
  const at = rng.integer(4, 16);
  const mask = Uint8Array.from({ length: 32 * 32 }, (_, i) =>
    Number([Math.floor(i / 32), i % 32].every((place) => place >= at && place < at + 12)),
  );
  const values = Array.from(mask, (inside) => 0.2 + 0.5 * inside + 0.1 * rng.uniform());
  return {
    id: `${type}-${n}`,
    image: { ...form, data: stored[type](values) },
    mask: { ...form, data: mask },
  };
}

const registry = withKinds(studyRegistry, [
  defineKind({
    part: 'data',
    kind: 'squares',
    schema: { type: 'object', properties: { types: { type: 'string', description: 'Types.' } } },
    make: ({ types = '' }: { types?: string }) => {
      const all = types.split(',') as PixelType[];
      return memoryDataset(
        Array.from({ length: 8 }, (_, n) => sample(n, all[n % all.length]!)),
        ['background', 'square'],
      );
    },
  }),
]);

const figures = { by: 'zscore', of: 'dataset' } as const;

async function trained(types: string, normalize?: 'none' | typeof figures) {
  const storage = memoryStorage();
  const config = {
    ...tinyStudy,
    data: { kind: 'squares', types, split: { test: 2 }, ...(normalize && { normalize }) },
    losses: ['dice'],
    training: { epochs: 1, batchSize: 2 },
    landscape: { enabled: false },
  } as StudyInput;
  await study(storage, { config, registry });
  return storage;
}

const authors = [{ name: 'A' }];

describe.each(['uint8', 'uint16', 'int16', 'int32', 'float32'] as const)('trained on %s', (type) => {
  test.each([undefined, figures])(
    'a graph with the normalisation (%j) takes stored intensities',
    async (how) => {
      const storage = await trained(type, how);
      expect((await readModelRecord(storage)).pixelTypes).toEqual([type]);
      const { image } = sample(20, type);
      const run = await openPredictor(storage);
      const expected = (await run.predict(image)).probabilities.data as Float32Array;
      await run.dispose();
      const bytes = await exportOnnx(storage, { normalized: true, output: 'probabilities' });
      const session = await InferenceSession.create(bytes);
      const { probabilities } = await session.run({
        images: new Tensor('float32', Float32Array.from(image.data), [1, 32, 32, 1]),
      });
      expect(probabilities!.data as Float32Array).toBeAllclose(expected, { abs: 1e-4, rel: 1e-4 });
      await session.release();
      const file = await onnxPredictor(bytes);
      expect(file.metadata.pixels).toBe(type);
      expect((await file.predict(image)).probabilities.data as Float32Array).toBeAllclose(expected, {
        abs: 1e-4,
        rel: 1e-4,
      });
      await file.dispose();
    },
  );

  test('a package says the type, and its test image is of it', async () => {
    const files = await bioimageioPackage(await trained(type, figures), { authors });
    const { inputs } = parse(new TextDecoder().decode(files['rdf.yaml'])) as {
      inputs: readonly {
        readonly data: { readonly type: string };
        readonly preprocessing: readonly [object, { readonly kwargs: { readonly gain: readonly number[] } }];
      }[];
    };
    expect(inputs[0]!.data.type).toBe(type);
    const code = { uint8: '|u1', uint16: '<u2', int16: '<i2', int32: '<i4', float32: '<f4' }[type];
    expect(new TextDecoder().decode(files['test_input.npy']!.slice(10, 40))).toContain(`'descr': '${code}'`);
    const { deviation } = (await readModelRecord(await trained(type, figures))).preprocessing!.normalize as {
      deviation: readonly number[];
    };
    expect(inputs[0]!.preprocessing[1].kwargs.gain[0]).toBeCloseTo(
      1 / (commonRange([type])! * deviation[0]!),
      8,
    );
    // The cover shows the drawing, which is not of one gray.
    expect(new Set((await readImage(files['cover.png']!)).data).size).toBeGreaterThan(20);
  });
});

test('the range of a type is what batches divide by', () => {
  for (const type of ['uint8', 'uint16', 'int16', 'int32', 'float32'] as const) {
    const data = stored[type]([1]);
    const [scaled] = toFloats({ data, height: 1, width: 1, channels: 1 });
    expect(scaled! * commonRange([type])!).toBeCloseTo(data[0]!, 3);
  }
});

test('of several types no graph holds the range; without it, or where nothing is divided, all is as for one', async () => {
  const storage = await trained('uint8,uint16');
  expect((await readModelRecord(storage)).pixelTypes).toEqual(['uint16', 'uint8']);
  await expect(exportOnnx(storage, { normalized: true })).rejects.toThrow(
    'exportOnnx: the training images are of uint16 and uint8, each divided by its own range, and the graph cannot see of which an image is. Leave normalized out and normalise images before: the metadata say how.',
  );
  await expect(bioimageioPackage(storage, { authors })).rejects.toThrow(
    'bioimageioPackage: the training images are of uint16 and uint8, each divided by its own range',
  );
  expect((await exportOnnx(storage)).length).toBeGreaterThan(0);
  const asStored = await trained('uint8,uint16', 'none');
  expect((await exportOnnx(asStored, { normalized: true })).length).toBeGreaterThan(0);
  const files = await bioimageioPackage(asStored, { authors });
  expect(new TextDecoder().decode(files['rdf.yaml'])).toContain('type: float32');
});

test('a run that did not record the type is taken for one of 8 bits', () => {
  expect(commonRange()).toBe(255);
  expect(commonRange(['int16', 'float32'])).toBe(1);
});

test('several types are told of before training, unless nothing depends on their ranges', () => {
  const notices = (types: readonly PixelType[], normalize: Parameters<typeof typeNotices>[1]) => [
    ...typeNotices(types, normalize),
  ];
  expect(notices(['uint16', 'uint8'], 'scale')).toEqual([
    'The training images are of several types (uint16, uint8), and each is divided by its own range: what is bright in one may be dark in another. Bring all to one type, or give data.normalize figures of each image (zscore, percentile).',
  ]);
  expect(notices(['uint16', 'uint8'], 'zscore')).toEqual([]);
  expect(notices(['uint16', 'uint8'], 'none')).toEqual([]);
  expect(notices(['float32', 'int16'], 'scale')).toEqual([]);
  expect(notices(['uint8'], 'scale')).toEqual([]);
});

import { isSegscapeError, type Raster } from '@segscape/core';
import {
  cocoDataset,
  folderDataset,
  nnunetDataset,
  readImage,
  readStack,
  stackDataset,
} from '@segscape/data';
import { readDicom } from '@segscape/data/dicom';
import { readNifti } from '@segscape/data/nifti';
import { omeZarrLabels, readOmeZarr, type ZarrStore } from '@segscape/data/ome-zarr';
import { describe, expect, test } from 'vitest';
import { animatedGif, type Container, containers, height, width } from './fixtures/plane-containers.js';
import { tiff, tree } from './fixtures/writers.js';

const sumOf = ({ data }: Pick<Raster, 'data'>) => Array.from<number>(data).reduce((a, b) => a + b, 0);
const total = (sums: readonly number[]) => sums.reduce((a, b) => a + b, 0);

/** Words by which an error tells what there is, or what chooses. */
const telling = /page|time|series|slices|frames|channels|×\d+×\d+/;
const codes = [
  'UNSUPPORTED_FORMAT',
  'MASK_SIZE_MISMATCH',
  'SHAPE_MISMATCH',
  'PAIR_MISSING',
  'MASK_VALUE_UNKNOWN',
] as const;

/** What a way in gave: all values, or an error that says what there is. */
async function allOrSaid(
  read: () => Promise<readonly Raster[]>,
  { sums }: Container,
): Promise<'all' | 'said'> {
  let rasters: readonly Raster[];
  try {
    rasters = await read();
  } catch (error) {
    if (!codes.some((code) => isSegscapeError(error, code))) throw error;
    expect((error as Error).message).toMatch(telling);
    return 'said';
  }
  // A palette of grays is one channel, so that colours do not count thrice.
  expect(total(rasters.map(sumOf))).toBe(total(sums));
  return 'all';
}

type WayIn = (container: Container) => Promise<readonly Raster[]>;

const oneMask = tiff([{ width, height, bits: 8, data: new Uint8Array(width * height) }]);

/** Every public way in to a file's values. */
const waysIn: Readonly<Record<string, WayIn>> = {
  readImage: async ({ bytes }) => [await readImage(bytes)],
  'readImage as labels': async ({ bytes }) => [await readImage(bytes, { as: 'labels' })],
  'readImage as instances': async ({ bytes }) => [await readImage(bytes, { as: 'instances' })],
  'readImage of a Blob': async ({ bytes }) => [await readImage(new Blob([bytes.slice()]))],
  readStack: async ({ bytes }) => readStack(bytes),
  'readStack as samples': async ({ bytes }) => readStack(bytes, { channelAxis: 'samples' }),
  'readImage as samples': async ({ bytes }) => [await readImage(bytes, { channelAxis: 'samples' })],
  'folderDataset, image and mask': async ({ bytes, ending }) => {
    const root = tree({ [`images/a${ending}`]: bytes, [`masks/a${ending}`]: bytes });
    const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
    const { image, mask } = await dataset.get(0);
    expect(sumOf(mask)).toBe(sumOf(image));
    return [image];
  },
  'folderDataset, one flat mask': async ({ bytes, ending }) => {
    const root = tree({ [`images/a${ending}`]: bytes, 'masks/a.tif': oneMask });
    const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
    return [(await dataset.get(0)).image];
  },
  'folderDataset, the mask alone': async ({ bytes, ending }) => {
    const root = tree({ 'images/a.tif': oneMask, [`masks/a${ending}`]: bytes });
    const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
    return [(await dataset.get(0)).mask];
  },
  'folderDataset, a mask a class': async ({ bytes, ending }) => {
    const root = tree({ [`images/a${ending}`]: bytes, [`masks/a_disc${ending}`]: bytes });
    const dataset = await folderDataset({
      ...{ images: `${root}/images`, masks: `${root}/masks` },
      ...{ classes: ['rest', 'disc'], pair: { disc: '{name}_disc' } },
    });
    return [(await dataset.get(0)).mask];
  },
  stackDataset: async ({ bytes }) => {
    const dataset = await stackDataset({ images: bytes, masks: bytes });
    const samples = await Promise.all(Array.from({ length: dataset.length }, (_, i) => dataset.get(i)));
    return samples.map(({ image }) => image);
  },
  nnunetDataset: async ({ bytes, ending }) => {
    // PGM, GIF and DICOM are no endings of nnU-Net's; what a file is, its first bytes say.
    const own = ['.tif', '.nii', '.png'].includes(ending) ? ending : '.png';
    const root = tree({
      'dataset.json': JSON.stringify({
        channel_names: { 0: 'a' },
        labels: { background: 0, cell: 1 },
        file_ending: own,
      }),
      [`imagesTr/c_0000${own}`]: bytes,
      [`labelsTr/c${own}`]: bytes,
    });
    return [(await (await nnunetDataset({ root })).get(0)).image];
  },
  cocoDataset: async ({ bytes, ending }) => {
    const root = tree({ [`a${ending}`]: bytes });
    const annotations = new TextEncoder().encode(
      JSON.stringify({
        images: [{ id: 1, file_name: `a${ending}`, height, width }],
        annotations: [],
        categories: [{ id: 1, name: 'cell' }],
      }),
    );
    return [(await (await cocoDataset({ images: root, annotations })).get(0)).image];
  },
};

describe.each(containers.map((container) => [container.name, container] as const))('%s', (_, container) => {
  const { bytes, sums, refused, choices = [], closed = false } = container;

  test('by every way in all of its values, or an error that says what there is and what chooses', async () => {
    for (const [name, read] of Object.entries(waysIn)) {
      const found = await allOrSaid(() => read(container), container).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error });
      });
      if (name === 'readImage') expect(found, name).toBe(refused === undefined ? 'all' : 'said');
      if (name === 'readStack') expect(found, name).toBe(closed ? 'said' : 'all');
    }
    if (refused !== undefined) await expect(readImage(bytes)).rejects.toThrow(refused);
  });

  test('what is chosen is read, no more and no less', async () => {
    for (const [options, planes] of choices) {
      const raster = await readImage(bytes, options);
      expect(sumOf(raster), JSON.stringify(options)).toBe(total(planes.map((index) => sums[index]!)));
      expect((raster.depth ?? 1) * raster.channels).toBe(planes.length);
    }
    for (const option of ['page', 'time', 'series'])
      await expect(readImage(bytes, { [option]: 99 })).rejects.toThrow(
        /it has no \S+( in time)? 99, but \d+|; say|with page/,
      );
  });
});

test('slices are in the order of their places, not of their pages', async () => {
  const container = containers.find(({ name }) => name.includes('the last first'))!;
  const { depth, data } = await readImage(container.bytes);
  expect(depth).toBe(3);
  const area = width * height;
  const bySlice = [0, 1, 2].map((z) => sumOf({ data: data.subarray(z * area, (z + 1) * area) }));
  expect(bySlice).toEqual(container.sums.toReversed());
});

test('NIfTI and DICOM alone: all of their values too', async () => {
  for (const { bytes, ending, sums } of containers) {
    if (ending === '.nii') expect(sumOf(await readNifti(bytes))).toBe(total(sums));
    if (ending === '.dcm') expect(sumOf(await readDicom(bytes))).toBe(total(sums));
  }
});

describe('datasets', () => {
  const of = (name: string) => containers.find((container) => container.name === name)!;

  test('time and page are for images, and for masks that have several', async () => {
    const { bytes, sums } = of('ImageJ frames');
    const root = tree({ 'images/a.tif': bytes, 'masks/a.tif': oneMask, 'more/a.tif': bytes });
    const images = `${root}/images`;
    for (const option of ['time', 'page']) {
      const flat = await folderDataset({ images, masks: `${root}/masks`, [option]: 2 });
      expect(sumOf((await flat.get(0)).image)).toBe(sums[2]);
      const both = await folderDataset({ images, masks: `${root}/more`, [option]: 2 });
      expect(sumOf((await both.get(0)).mask)).toBe(sums[2]);
      const beyond = await folderDataset({ images, masks: `${root}/masks`, [option]: 4 });
      await expect(beyond.get(0)).rejects.toThrow(/it has no (page|point in time) 4, but 4 \(0 to 3\)/);
    }
    const stack = await stackDataset({ images: bytes, masks: bytes, time: 1 });
    expect([stack.length, sumOf((await stack.get(0)).image)]).toEqual([1, sums[1]]);
  });

  test('a volume and its spacing', async () => {
    const description = 'ImageJ=1.53\nimages=3\nslices=3\nunit=micron\nspacing=2.5\n';
    const page = { width, height, bits: 8, data: new Uint8Array(width * height) };
    const tags = { 270: description, 282: [4, 1], 283: [2, 1], 296: [1] };
    expect((await readImage(tiff([{ ...page, tags }, page, page]))).spacing).toEqual([2.5, 0.5, 0.25]);
    const ome = (more: string) =>
      `<OME xmlns="x"><Image><Pixels SizeZ="2" SizeC="1" SizeT="1" DimensionOrder="XYZCT" PhysicalSizeX="0.25" PhysicalSizeY="0.5" ${more}><TiffData/></Pixels></Image></OME>`;
    const spacing = async (text: string) =>
      (await readImage(tiff([{ ...page, tags: { 270: text } }, page]))).spacing;
    expect(await spacing(ome('PhysicalSizeZ="3000" PhysicalSizeZUnit="nm"'))).toEqual([3, 0.5, 0.25]);
    // Half of a spacing would be taken for the whole.
    expect(await spacing(ome(''))).toBeUndefined();
  });

  test('ids beyond 32 bits are numbered over the whole volume', async () => {
    const slice = (...ids: readonly number[]) => ({
      ...{ width: 2, height: 1, bits: 32 },
      data: new Uint8Array(Uint32Array.from(ids).buffer),
    });
    const bytes = tiff([slice(0, 4_000_000_000), slice(70, 4_000_000_000)]);
    expect((await readImage(bytes, { as: 'instances' })).data).toEqual(Int32Array.of(0, 2, 1, 2));
  });
});

describe('options that exclude each other or are out of range', () => {
  test.each([
    [{ page: 0, time: 0 }, 'readImage: page (=0) must not be given with time or series.'],
    [
      { channelAxis: 'pages', time: 0 },
      "readImage: channelAxis (='pages') must not be given with time or series",
    ],
    [{ level: 0, scale: 0.5 }, 'readImage: level (=0) must not be given with scale.'],
    [{ page: -1 }, 'readImage: page (=-1) must be at least 0.'],
  ] as const)('%j', async (options, message) => {
    await expect(readImage(oneMask, options)).rejects.toThrow(message);
  });

  test.each(['page', 'time', 'series', 'level'])('%s of a file that has one', async (option) => {
    expect((await readImage(oneMask, { [option]: 0 })).width).toBe(width);
    await expect(readImage(oneMask, { [option]: 1 })).rejects.toThrow(/there is no level 1|it has no /);
  });
});

test('GIF: later frames lie over earlier ones, as they are disposed of', async () => {
  const [first, second] = [0, 1].map((value) => new Uint8Array(width * height).fill(1 + value)) as [
    Uint8Array,
    Uint8Array,
  ];
  const bytes = animatedGif([first, second]);
  const read = async (disposal: number, transparent: number | undefined) => {
    const changed = bytes.slice();
    const controls = [...changed.keys()].filter((at) => changed[at] === 0x21 && changed[at + 1] === 0xf9);
    changed[controls[0]! + 3] = disposal << 2;
    if (transparent !== undefined) {
      changed[controls[1]! + 3] = 1;
      changed[controls[1]! + 6] = transparent;
    }
    return (await readImage(changed, { time: 1, as: 'labels', alpha: 'drop' })).data[0];
  };
  expect(await read(1, undefined)).toBe(2);
  // Through a transparent frame the one below is seen, unless it is gone.
  expect(await read(1, 2)).toBe(1);
  expect(await read(2, 2)).toBe(2);
});

describe('OME-Zarr', () => {
  const store = (axes: string, shape: readonly number[]): ZarrStore => {
    const count = shape.reduce((a, b) => a * b, 1);
    const files: Record<string, unknown> = {
      '/.zgroup': { zarr_format: 2 },
      '/.zattrs': {
        multiscales: [{ axes: [...axes].map((name) => ({ name })), datasets: [{ path: '0' }] }],
      },
      '/0/.zarray': {
        ...{ zarr_format: 2, shape, chunks: shape, dtype: '|u1', order: 'C', fill_value: 0 },
        ...{ filters: null, compressor: null },
      },
    };
    const chunk = `/0/${shape.map(() => 0).join('.')}`;
    return {
      get: async (key) => {
        if (key === chunk) return Uint8Array.from({ length: count }, (_, i) => 1 + (i % 3));
        const found = files[key];
        return found === undefined ? undefined : new TextEncoder().encode(JSON.stringify(found));
      },
    };
  };

  test.each([
    ['zyx', [4, 3, 5]],
    ['czyx', [2, 4, 3, 6]],
    ['cyx', [2, 3, 5]],
    ['tczyx', [1, 2, 2, 3, 5]],
  ] as const)('%s %j: all of it', async (axes, shape) => {
    const raster = await readOmeZarr(store(axes, shape));
    const count = shape.reduce<number>((a, b) => a * b, 1);
    expect(sumOf(raster)).toBe(
      Array.from({ length: count }, (_, i) => 1 + (i % 3)).reduce((a, b) => a + b, 0),
    );
    expect(await omeZarrLabels(store(axes, shape))).toEqual([]);
  });

  test('several points in time: one must be said', async () => {
    const given = store('tyx', [3, 2, 2]);
    await expect(readOmeZarr(given)).rejects.toThrow('it has 3 points in time; say with time which one');
    expect((await readOmeZarr(given, { time: 1 })).data).toEqual(Uint8Array.of(2, 3, 1, 2));
  });
});

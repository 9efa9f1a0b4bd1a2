import { readFileSync } from 'node:fs';
import { folderDataset, nnunetDataset, readImage, readStack } from '@segscape/data';
import { readNifti } from '@segscape/data/nifti';
import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bytesOf, tree } from './fixtures/writers.js';

interface Fixture {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly [number, number, number, number];
  readonly type: string;
  readonly values: string;
  readonly spacing: readonly number[];
}

const { files } = JSON.parse(readFileSync(new URL('fixtures/nifti.json', import.meta.url), 'utf8')) as {
  files: Fixture[];
};
const fromText = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const fixture = (name: string) => fromText(files.find((file) => file.name === name)!.file);
const kinds = { uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array } as const;

/** A header of 352 bytes for uint8 voxels, with other values where the test says. */
function header({ dims = [3, 2, 2, 2], type = 2, bits = 8, offset = 352, magic = 'n+1' } = {}): Uint8Array {
  const bytes = new Uint8Array(352);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  for (const [i, size] of dims.entries()) view.setInt16(40 + 2 * i, size, true);
  view.setInt16(70, type, true);
  view.setInt16(72, bits, true);
  view.setFloat32(108, offset, true);
  bytes.set(new TextEncoder().encode(magic), 344);
  return bytes;
}
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('the voxels that nibabel reads', () => {
  test.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const raster = await readNifti(fromText(file.file));
    const [depth, height, width, channels] = file.shape;
    expect([raster.depth ?? 1, raster.height, raster.width, raster.channels]).toEqual(file.shape);
    expect(raster.depth).toBe(depth === 1 ? undefined : depth);
    const { buffer } = fromText(file.values);
    const Kind = file.type === 'float32' ? Float32Array : kinds[file.type as keyof typeof kinds];
    expect(raster.data).toEqual(new Kind(buffer));
    expect(raster.data.length).toBe(depth * height * width * channels);
    expect(raster.spacing).toHaveLength(file.spacing.length);
    for (const [axis, side] of file.spacing.entries())
      expect(raster.spacing![axis]! / side).toBeCloseTo(1, 6);
    expect(await readImage(fromText(file.file))).toEqual(raster);
    expect(await readStack(fromText(file.file))).toEqual([raster]);
  });

  test('ids beyond 32 bits are instances or refused with their value', async () => {
    const view = new DataView(new ArrayBuffer(16));
    view.setBigUint64(0, 2n ** 40n, true);
    const bytes = joined(header({ dims: [1, 2], type: 1280 }), new Uint8Array(view.buffer));
    await expect(readNifti(bytes)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('holds the integer 1099511627776'),
    });
    expect(Array.from((await readNifti(bytes, { as: 'instances' })).data)).toEqual([1, 0]);
  });

  test('64-bit ids beyond those that doubles keep apart are objects, or refused where two would become one', async () => {
    const volume = (ids: readonly bigint[], type: 1024 | 1280) =>
      joined(header({ dims: [1, ids.length], type }), bytesOf(BigUint64Array.from(ids)));
    const apart = [2n ** 62n + 1n, 5n, 0n, 2n ** 62n + 4096n, 2n ** 62n + 1n];
    for (const type of [1024, 1280] as const) {
      expect(Array.from((await readNifti(volume(apart, type), { as: 'instances' })).data)).toEqual([
        2, 1, 0, 3, 2,
      ]);
      await expect(
        readNifti(volume([2n ** 53n, 2n ** 53n + 1n], type), { as: 'instances' }),
      ).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
        message: expect.stringContaining(
          'it holds the integers 9007199254740992 and 9007199254740993, which are not told apart; number the labels from 1 on',
        ),
      });
    }
  });

  test('an alpha channel is left out on demand', async () => {
    const [all, opaque] = [
      await readNifti(fixture('RGBA')),
      await readNifti(fixture('RGBA'), { alpha: 'drop' }),
    ];
    expect([all.channels, opaque.channels]).toEqual([4, 3]);
    expect(Array.from(opaque.data)).toEqual(Array.from(all.data).filter((_, i) => i % 4 < 3));
  });

  test('gzip members follow each other as one, and zeros pad', async () => {
    const whole = joined(header(), Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const parts = [whole.slice(0, 100), whole.slice(100, 355), whole.slice(355)].map((part) =>
      gzipSync(part),
    );
    const read = await readNifti(joined(...parts, new Uint8Array(100)));
    expect(Array.from(read.data)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const padded = gzipSync(joined(whole, new Uint8Array(300)));
    expect(await readNifti(padded)).toEqual(read);
  });
});

describe('what is not read is told', () => {
  const voxels = new Uint8Array(8);
  test.each([
    [header({ dims: [3, 0, 2, 2] }), 'UNREADABLE_IMAGE', 'it declares 0×2×2 voxels'],
    [header({ dims: [9, 1] }), 'UNREADABLE_IMAGE', 'it declares 9 axes'],
    [header({ type: 3 }), 'UNREADABLE_IMAGE', 'it declares the unknown type 3'],
    [header({ offset: 7 }), 'UNREADABLE_IMAGE', 'its voxels are said to begin at byte 7'],
    [header({ offset: Number.NaN }), 'UNREADABLE_IMAGE', 'its voxels are said to begin at byte NaN'],
    [
      header({ dims: [3, 2, 2, 3] }),
      'UNREADABLE_IMAGE',
      'it declares 2×2×3 pixels of 1 channel, but holds only 8',
    ],
    [header({ type: 32 }), 'UNSUPPORTED_FORMAT', 'complex64 voxels are not supported; save it as float32'],
    [
      header({ magic: 'ni1' }),
      'UNSUPPORTED_FORMAT',
      'voxels in an .img file of their own are not supported; save it as one .nii file',
    ],
    [header({ dims: [5, 2, 1, 1, 2, 2] }), 'UNSUPPORTED_FORMAT', '2×1×1×2×2 voxels are not supported'],
    [header({ dims: [4, 2, 1, 1, 2], type: 128 }), 'UNSUPPORTED_FORMAT', 'several volumes of colours'],
    [
      header({ dims: [7, ...Array<number>(5).fill(32_767), 1, 1] }),
      'UNSUPPORTED_FORMAT',
      'voxels are not supported',
    ],
  ])('%#', async (head, code, why) => {
    for (const bytes of [joined(head, voxels), gzipSync(joined(head, voxels))])
      for (const read of [readNifti, readImage]) {
        // Of gzip only the bytes that could be there are known.
        const message = why.includes('holds only') && bytes[0] === 0x1f ? 'the gzip data end after' : why;
        await expect(read(bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      }
  });

  test('the whole message', async () => {
    await expect(readNifti(joined(header({ type: 32 }), voxels))).rejects.toThrow(
      /^readNifti: '360 bytes' is a NIfTI that is not read here: complex64 voxels are not supported; save it as float32\.$/,
    );
    await expect(readNifti(Uint8Array.of(1, 2, 3))).rejects.toThrow(
      "readNifti: '3 bytes' is no NIfTI file (.nii, .nii.gz), or its header is damaged. Read other formats with readImage.",
    );
  });

  test('few bytes make neither much memory nor long work', async () => {
    const bomb = gzipSync(joined(header({ dims: [3, 1000, 1000, 300] }), new Uint8Array(3e6)), { level: 9 });
    const start = performance.now();
    await expect(readNifti(bomb)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
    await expect(readNifti(gzipSync(joined(header(), new Uint8Array(4e6))))).rejects.toThrow(
      'give more than 360 bytes',
    );
    const huge = header({ dims: [3, 32_767, 32_767, 32_767] });
    await expect(readNifti(joined(huge, voxels))).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
    await expect(readNifti(gzipSync(joined(huge, voxels)))).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
    });
    const small = joined(header(), voxels);
    await expect(readNifti(small, { maxBytes: 7 })).rejects.toThrow(
      'it declares 2×2×2 pixels of 1 channel, 8 bytes in all, and maxBytes is 7; raise maxBytes',
    );
    expect((await readNifti(small, { maxBytes: 8 })).data).toHaveLength(8);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('a gzip checksum that is wrong, at every bit of a small file', async () => {
    const bytes = gzipSync(joined(header(), Uint8Array.of(1, 7, 3, 9, 2, 5, 4, 8)));
    const whole = await readNifti(bytes);
    let refused = 0;
    for (let bit = 80; bit < 8 * bytes.length; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      try {
        expect(await readNifti(changed), `bit ${bit}`).toEqual(whole);
      } catch (error) {
        expect(error, `bit ${bit}`).toMatchObject({ code: 'UNREADABLE_IMAGE' });
        refused++;
      }
    }
    // The last bits of the deflated data say nothing.
    expect(refused).toBeGreaterThan(8 * bytes.length - 80 - 8);
  });
});

describe('in data sets', () => {
  const volume = fixture('int16 little');
  const mask = (values: readonly number[]) =>
    gzipSync(
      joined(
        header({ dims: [3, 5, 4, 3] }),
        Uint8Array.from({ length: 60 }, (_, i) => values[i % 7]!),
      ),
    );
  const flat = mask([0, 1, 1, 0, 0, 1, 0]);

  test('folderDataset pairs .nii with .nii.gz; scale shrinks each slice', async () => {
    const root = tree({ 'images/case.1.nii': volume, 'masks/case.1.nii.gz': flat });
    const options = { images: `${root}/images`, masks: `${root}/masks` };
    const dataset = await folderDataset(options);
    expect(dataset.ids).toEqual(['case.1']);
    const { image, mask: found } = await dataset.get(0);
    expect([image.depth, image.height, image.width, found.depth]).toEqual([3, 4, 5, 3]);
    const half = await (await folderDataset({ ...options, scale: 0.5 })).get(0);
    expect([half.image.depth, half.image.height, half.mask.height]).toEqual([3, 2, 2]);
  });

  test('a mask of another depth is refused by all its sides', async () => {
    const root = tree({
      'images/a.nii': volume,
      'masks/a.nii': joined(header({ dims: [3, 5, 4, 2] }), new Uint8Array(40)),
    });
    const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
    await expect(dataset.get(0)).rejects.toThrow(
      `is 5×4×3 pixels (width×height×depth), its mask '${root}/masks/a.nii' 5×4×2. Give masks of the images' size.`,
    );
  });

  test('nnunetDataset reads .nii.gz, a file a channel', async () => {
    const root = tree({
      'dataset.json': JSON.stringify({
        channel_names: { 0: 'T1', 1: 'T2' },
        labels: { background: 0, tumour: 1 },
        file_ending: '.nii.gz',
      }),
      'imagesTr/a_0000.nii.gz': gzipSync(volume),
      'imagesTr/a_0001.nii.gz': gzipSync(volume),
      'labelsTr/a.nii.gz': flat,
    });
    const { image, mask: found } = await (await nnunetDataset({ root })).get(0);
    const one = await readNifti(volume);
    expect([image.depth, image.height, image.width, image.channels]).toEqual([3, 4, 5, 2]);
    expect(Array.from(image.data)).toEqual(Array.from(one.data).flatMap((value) => [value, value]));
    expect(found.data.length).toBe(60);
  });
});

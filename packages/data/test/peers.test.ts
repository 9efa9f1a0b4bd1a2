import { readFileSync } from 'node:fs';
import type { RasterData } from '@segscape/core';
import { type ReadOptions, readImage, readStack } from '@segscape/data';
import { describe, expect, test } from 'vitest';

interface Fixture {
  readonly name: string;
  readonly how: string;
  readonly file: string;
  /** Of a volume with its depth first. */
  readonly shape: readonly number[];
  readonly options?: ReadOptions;
  readonly type: string;
  readonly values: string;
}

/** Made by test/fixtures/make_images.py. */
const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
  files: Fixture[];
};
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const fileNamed = (name: string) => bytes(files.find((file) => file.name === name)!.file);

const kinds: Readonly<Record<string, new (buffer: ArrayBuffer) => RasterData>> = {
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
};

describe('the pixels that Pillow and tifffile read', () => {
  test.each(files.map((file) => [file.name, file.how, file] as const))('%s (%s)', async (_, __, file) => {
    const { data, depth, height, width, channels } = await readImage(bytes(file.file), file.options);
    expect([...(depth === undefined ? [] : [depth]), height, width, channels]).toEqual(file.shape);
    expect(data).toEqual(new kinds[file.type]!(bytes(file.values).buffer));
  });
});

describe('pages and channels', () => {
  test('slices of two channels each are a stack of pictures', async () => {
    const stack = await readStack(fileNamed('imagej slices and channels.tif'));
    expect(stack.map(({ channels }) => channels)).toEqual([2, 2, 2]);
    expect((await readStack(fileNamed('ome channels then slices.tif'))).length).toBe(3);
  });

  test('channelAxis pages joins all pages, samples none', async () => {
    const bytesOf = fileNamed('imagej slices and channels.tif');
    expect((await readImage(bytesOf, { channelAxis: 'pages' })).channels).toBe(6);
    expect((await readStack(bytesOf, { channelAxis: 'samples' })).length).toBe(6);
    expect((await readImage(fileNamed('pages.tif'), { channelAxis: 'pages' })).channels).toBe(2);
    await expect(readImage(bytesOf, { channelAxis: 'C' as 'pages' })).rejects.toThrow(
      "readImage: channelAxis (='C') must be one of 'auto', 'pages', 'samples'.",
    );
  });

  test('alpha is dropped only where the file declares it', async () => {
    const dropped = async (name: string) => (await readImage(fileNamed(name), { alpha: 'drop' })).channels;
    expect(await dropped('rgb with unassalpha.tif')).toBe(3);
    expect(await dropped('rgb with assocalpha.tif')).toBe(3);
    expect(await dropped('rgb with unspecified.tif')).toBe(4);
    expect(await dropped('2 channels contig.tif')).toBe(2);
    expect(await dropped('4 channels separate.tif')).toBe(4);
    expect(await dropped('LA.png')).toBe(1);
    expect(await dropped('RGBA.png')).toBe(3);
  });

  test('orientation ignored gives the pixels as stored', async () => {
    const stored = await readImage(fileNamed('orientation 1.jpg'));
    const turned = await readImage(fileNamed('orientation 6.jpg'), { orientation: 'ignore' });
    expect(turned).toEqual(stored);
  });
});

import { spawnSync } from 'node:child_process';
import { folderDataset, readImage } from '@segscape/data';
import { describe, expect, test } from 'vitest';

const missing =
  spawnSync('djpeg', ['-version']).error || spawnSync('cjpeg', ['-version']).error
    ? ': no cjpeg and djpeg'
    : '';

function piped(command: string, args: string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(command, args, { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return new Uint8Array(stdout);
}

/** Slopes, edges and noise, so that every frequency is there. */
function picture(width: number, height: number, channels: 1 | 3): Uint8Array {
  const head = new TextEncoder().encode(`P${channels === 3 ? 6 : 5}\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(head.length + width * height * channels);
  bytes.set(head);
  for (let i = 0; i < width * height * channels; i++) {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const edge = (x >> 3) % 3 === 0 ? 90 : 0;
    const slope = 70 + 60 * Math.sin((x + (1 + (i % channels)) * y) / 9);
    bytes[head.length + i] = slope + edge + ((i * 7919) % 41);
  }
  return bytes;
}

describe.skipIf(missing)(`a JPEG read at a fraction of its size is djpeg -scale's${missing}`, () => {
  test.each([
    ['4:4:4', ['-sample', '1x1'], 3, 61, 47],
    ['4:2:2', ['-sample', '2x1'], 3, 61, 47],
    ['4:4:0', ['-sample', '1x2'], 3, 61, 47],
    ['4:2:0', ['-sample', '2x2'], 3, 61, 47],
    ['4:2:0 of whole units', ['-sample', '2x2'], 3, 64, 32],
    ['4:1:1', ['-sample', '4x1'], 3, 70, 33],
    ['4:2:0, coarse', ['-sample', '2x2', '-quality', '12'], 3, 83, 40],
    ['progressive', ['-progressive'], 3, 90, 51],
    ['gray', ['-grayscale'], 1, 37, 29],
    ['red, green and blue as they are', ['-rgb'], 3, 37, 29],
    ['smaller than a block', [], 3, 5, 3],
  ] as const)('%s', async (_, args, channels, width, height) => {
    const jpeg = piped('cjpeg', ['-quality', '88', ...args], picture(width, height, channels));
    for (const shrink of [1, 2, 4, 8] as const) {
      const [ours, theirs] = await Promise.all([
        readImage(jpeg, { shrink }),
        readImage(piped('djpeg', ['-pnm', '-scale', `1/${shrink}`], jpeg)),
      ]);
      expect([ours.height, ours.width, ours.channels]).toEqual([
        theirs.height,
        theirs.width,
        theirs.channels,
      ]);
      expect([Math.ceil(height / shrink), Math.ceil(width / shrink)]).toEqual([ours.height, ours.width]);
      expect(ours.data, `1/${shrink}`).toEqual(theirs.data);
    }
  });

  test('a folder shrinks JPEG images on loading, those laid on their side too; other sizes of masks are refused', async () => {
    const jpeg = piped('cjpeg', ['-quality', '95'], picture(64, 48, 3));
    const exif = Uint8Array.from([
      ...[0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1],
      ...[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
    ]);
    const turned = new Uint8Array([...jpeg.subarray(0, 2), ...exif, ...jpeg.subarray(2)]);
    const mask = (width: number, height: number) =>
      new Uint8Array([
        ...new TextEncoder().encode(`P5\n${width} ${height}\n255\n`),
        ...new Uint8Array(width * height),
      ]);
    const of = (image: Uint8Array, width: number, height: number) =>
      folderDataset({
        images: [new File([image.slice()], 'a.jpg')],
        masks: [new File([mask(width, height)], 'a.pgm')],
        scale: 0.25,
        shrinkOnLoad: true,
      });
    const { image } = await (await of(jpeg, 64, 48)).get(0);
    expect(image.data).toEqual((await readImage(jpeg, { shrink: 4 })).data);
    const upright = (await (await of(turned, 48, 64)).get(0)).image;
    expect([upright.height, upright.width]).toEqual([16, 12]);
    const byClass = await folderDataset({
      images: [new File([jpeg.slice()], 'a.jpg')],
      masks: ['a_disc', 'a_cup'].map((name) => new File([mask(64, 48)], `${name}.pgm`)),
      pair: { disc: '{name}_disc', cup: '{name}_cup' },
      ...{ classes: ['rest', 'disc'], only: 'disc', scale: 0.25, shrinkOnLoad: true },
    });
    expect((await byClass.get(0)).image.data).toEqual(image.data);
    await expect((await of(jpeg, 63, 48)).get(0)).rejects.toThrow('64×48 pixels');
  });
});

test('other formats and other factors are refused by name', async () => {
  const pgm = picture(8, 8, 1);
  await expect(readImage(pgm, { shrink: 2 })).rejects.toThrow(
    'readImage: shrink (=2) must be 1 for PNM, which has no frequencies to leave out; shrink what was read by resizeArea.',
  );
  await expect(readImage(pgm, { shrink: 3 as 2 })).rejects.toThrow(
    'readImage: shrink (=3) must be one of 1, 2, 4, 8.',
  );
});

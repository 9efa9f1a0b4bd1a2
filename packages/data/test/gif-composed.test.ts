import { readImage, readStack } from '@segscape/data';
import { describe, expect, test } from 'vitest';

const u16 = (n: number) => [n & 255, n >> 8];

interface Part {
  readonly values: readonly number[];
  /** Four colours of its own, red, green and blue each. */
  readonly colours?: readonly number[];
  /** Columns from the left; it is of one row. */
  readonly left?: number;
  readonly transparent?: number;
  readonly disposal?: number;
}

/** A frame of one row: codes of three bits, the table cleared after every second value. */
function partOf({ values, colours, left = 0, transparent, disposal = 1 }: Part): number[] {
  const codes = values.flatMap((value, i) => (i % 2 === 0 ? [4, value] : [value])).concat(5);
  const bits = codes.flatMap((code) => [code & 1, (code >> 1) & 1, code >> 2]);
  const data = Array.from({ length: Math.ceil(bits.length / 8) }, (_, byte) =>
    bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, i) => sum + (bit << i), 0),
  );
  const seen =
    transparent === undefined ? [disposal << 2, 0, 0, 0] : [(disposal << 2) | 1, 0, 0, transparent];
  return [
    ...[0x21, 0xf9, 4, ...seen, 0],
    ...[0x2c, ...u16(left), 0, 0, ...u16(values.length), 1, 0, colours === undefined ? 0 : 0x81],
    ...(colours ?? []),
    ...[2, data.length, ...data, 0],
  ];
}

const grays = [0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30];
const reds = [1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0];

/** An animation, three pixels wide. */
const animation = (parts: readonly Part[], colours = grays) =>
  Uint8Array.from([
    ...new TextEncoder().encode('GIF89a'),
    ...[...u16(3), ...u16(1), 0x81, 0, 0, ...colours],
    ...parts.flatMap(partOf),
    0x3b,
  ]);

describe('frames of a GIF with colours of their own', () => {
  test('lie over the colours of earlier ones', async () => {
    const bytes = animation([
      { values: [1, 2, 3] },
      { values: [0, 3], left: 1, colours: reds, transparent: 3 },
      { values: [1], left: 2 },
    ]);
    const [, second, third] = await readStack(bytes);
    expect([second!.channels, Array.from(second!.data)]).toEqual([3, [10, 10, 10, 1, 0, 0, 30, 30, 30]]);
    expect(Array.from(third!.data)).toEqual([10, 10, 10, 1, 0, 0, 10, 10, 10]);
    expect(await readImage(bytes, { time: 2 })).toEqual(third);
  });

  test('are one channel where all colours are grays', async () => {
    const other = grays.map((value) => value + 100);
    const bytes = animation([{ values: [1, 2, 3] }, { values: [0], left: 1, colours: other }]);
    const picture = await readImage(bytes, { time: 1 });
    expect([picture.channels, Array.from(picture.data)]).toEqual([1, [10, 100, 30]]);
  });

  test('what is cleared away is transparent', async () => {
    const bytes = animation([
      { values: [1, 2, 3], disposal: 2 },
      { values: [1], left: 1, colours: reds },
    ]);
    const picture = await readImage(bytes, { time: 1 });
    expect([picture.channels, Array.from(picture.data)]).toEqual([4, [0, 0, 0, 0, 2, 0, 0, 255, 0, 0, 0, 0]]);
    expect((await readImage(bytes, { time: 1, alpha: 'drop' })).channels).toBe(3);
  });

  test('as labels their indices mean other things, unless the colours are the same', async () => {
    const bytes = animation([{ values: [1, 2, 3] }, { values: [0], left: 1, colours: reds }]);
    await expect(readImage(bytes, { time: 1, as: 'labels' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: `readImage: '${bytes.length} bytes' is a GIF that is not read here: its frames have colours of their own, so that no index means the same in all; save this one as PNG.`,
    });
    const same = animation([{ values: [1, 2, 3] }, { values: [0], left: 1, colours: reds }], reds);
    expect(Array.from((await readImage(same, { time: 1, as: 'labels' })).data)).toEqual([1, 0, 3]);
  });

  test('take no more than the bound', async () => {
    const bytes = animation([{ values: [1, 2, 3] }, { values: [0], colours: reds }]);
    await expect(readImage(bytes, { time: 1, maxBytes: 11 })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
    });
  });
});

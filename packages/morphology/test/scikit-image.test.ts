import type { Raster } from '@segscape/core';
import {
  boundary,
  dilate,
  expandLabels,
  nearestFeatures,
  removeSmallHoles,
  thin,
  watershed,
} from '@segscape/morphology';
import { describe, expect, test } from 'vitest';

/** Expected values are what scikit-image 0.26 and scipy 1.10 give for the same rows. */
function rows(...lines: string[]): Raster {
  const data = Uint8Array.from(lines.join(''), Number);
  return { data, height: lines.length, width: lines[0]?.length ?? 0, channels: 1 };
}

const seen = ({ data, width }: Raster): string[] =>
  Array.from({ length: data.length / width }, (_, y) => data.slice(y * width, (y + 1) * width).join(''));

describe('watershed, of markers of which several start at one height', () => {
  const hills = rows('31001332', '00112110', '22011132', '11220133', '31122231', '10033101');
  const markers = rows('01008000', '00000020', '00050000', '00000600', '00300000', '70000004');

  test('labels', () =>
    expect(seen(watershed(hills, markers, { connectivity: 2 }))).toEqual([
      '11188822',
      '11188822',
      '11555662',
      '33555664',
      '73336644',
      '73334444',
    ]));

  test('a line where floods meet', () =>
    expect(seen(watershed(hills, markers, { line: true }))).toEqual([
      '11108022',
      '11050222',
      '00555002',
      '33050660',
      '03306004',
      '70330444',
    ]));

  test('compact basins, which have no line', () => {
    const compact = watershed(hills, markers, { compactness: 0.5 });
    expect(seen(compact)).toEqual(['11188822', '11158222', '11555622', '33356664', '73336644', '77336444']);
    expect(watershed(hills, markers, { compactness: 0.5, line: true })).toEqual(compact);
  });

  test('stays in its mask with a line, and takes no more steps than there are meetings', () => {
    const size = 64;
    const plain: Raster = { data: new Uint8Array(size * size), height: size, width: size, channels: 1 };
    const many = { ...plain, data: plain.data.map((_, at) => (at % 37 === 5 ? 1 + (at % 7) : 0)) };
    const mask = { ...plain, data: plain.data.map((_, at) => (at % 11 === 0 ? 0 : 1)) };
    const { data } = watershed(plain, many, { line: true, mask });
    expect(data.every((label, at) => label === 0 || mask.data[at] === 1)).toBe(true);
    expect(data.includes(0)).toBe(true);
  });

  test('a compactness below 0 is refused', () =>
    expect(() => watershed(hills, markers, { compactness: -1 })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('compactness (=-1)') }),
    ));
});

describe('find_boundaries: boundary', () => {
  const labels = rows('000000', '011220', '011220', '000030', '000333', '000333');
  const modes = {
    inner: ['000000', '011110', '011110', '000010', '000101', '000100'],
    outer: ['011110', '101101', '101111', '011111', '001000', '001000'],
    thick: ['011110', '111111', '111111', '011111', '001101', '001100'],
  } as const;

  test.each(['inner', 'outer', 'thick'] as const)('%s', (side) =>
    expect(seen(boundary(labels, { side, touching: true, outside: 'same' }))).toEqual(modes[side]),
  );

  test('the outer side is background alone unless regions that touch are asked for', () =>
    expect(seen(boundary(labels, { side: 'outer' }))[2]).toBe('100001'));
});

test('of equally near pixels the first along the last axis in which they differ', () => {
  const corners = rows('1000003', '0000000', '0000000', '0000000', '2000004');
  const expected = ['1111333', '1111333', '1111333', '2222444', '2222444'];
  expect(seen(expandLabels(corners, { distance: 4 }))).toEqual(expected);
  const outside = { ...corners, data: corners.data.map((value) => (value === 0 ? 1 : 0)) };
  const [upper, lower] = [
    [0, 0, 0, 0, 6, 6, 6],
    [28, 28, 28, 28, 34, 34, 34],
  ] as const;
  for (const spacing of [
    [1, 1],
    [0.3, 0.7],
  ])
    expect([...nearestFeatures(outside, { spacing }).indices.data]).toEqual(
      [upper, upper, upper, lower, lower].flat(),
    );
});

describe('thin', () => {
  test('with the exceptions of skeletonize', () => {
    const strokes = rows(
      '000000000',
      '011001110',
      '011001110',
      '010000110',
      '010000110',
      '011000110',
      '000000000',
    );
    expect(seen(thin(strokes, { method: 'scikit-image' }))).toEqual([
      '000000000',
      '000000100',
      '010000100',
      '010000100',
      '010000100',
      '001000000',
      '000000000',
    ]);
    expect(seen(thin(rows('11', '11'), { method: 'scikit-image' }))).toEqual(['11', '00']);
  });

  test('as often as asked', () => {
    const block = rows('000000000', ...new Array<string>(5).fill('011111110'), '000000000');
    const [whole, once, twice] = [0, 1, 2].map((maxIterations) => seen(thin(block, { maxIterations })));
    expect(whole).toEqual(seen(block));
    expect(once?.slice(2, 5)).toEqual(['001111100', '001111100', '001111100']);
    expect(once?.join('').replaceAll('0', '')).toHaveLength(15);
    expect(twice?.[3]).toBe('000111000');
    expect(twice?.join('').replaceAll('0', '')).toHaveLength(3);
    for (const maxIterations of [-1, 0.5, Number.NaN])
      expect(() => thin(block, { maxIterations })).toThrow(
        expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('maxIterations') }),
      );
  });
});

test('an element drawn as arrays sees the border anew in each round', () => {
  const column = rows('1', '0', '1', '1', '1', '1', '1');
  const element = [
    [1, 1, 0, 1],
    [1, 1, 1, 0],
  ];
  expect([...dilate(column, { element, radius: 2 }).data]).toEqual([1, 0, 1, 1, 1, 1, 1]);
});

test('remove_small_holes: holes of fewer pixels are filled, at the border, too', () => {
  const ring = rows('1110', '1010', '1111', '0011');
  expect(seen(removeSmallHoles(ring, { minSize: 1 }))).toEqual(seen(ring));
  expect(seen(removeSmallHoles(ring, { minSize: 2 }))).toEqual(['1110', '1110', '1111', '0011']);
  expect(seen(removeSmallHoles(ring, { minSize: 3 }))).toEqual(['1111', '1111', '1111', '1111']);
  expect(() => removeSmallHoles(ring, { minSize: -1 })).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining('minSize') }),
  );
});

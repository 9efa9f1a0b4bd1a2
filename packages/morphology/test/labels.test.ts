import type { Raster } from '@segscape/core';
import { clearBorder, expandLabels, thin } from '@segscape/morphology';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

function drawn(...rows: string[]): Raster {
  const values = rows.flatMap((row) => [...row].map((c) => (c === '.' ? 0 : c === '#' ? 1 : Number(c))));
  return { data: Uint8Array.from(values), height: rows.length, width: rows[0]?.length ?? 0, channels: 1 };
}

function draw({ data, width }: Raster): string[] {
  const text = Array.from(data, (value) => (value === 0 ? '.' : String(value))).join('');
  return text.match(new RegExp(`.{${width}}`, 'g')) ?? [];
}

describe('clearBorder', () => {
  const mask = drawn('2......', '.3.44..', '...44..', '.......', '.....55');

  test('takes away what touches the border, and keeps the values of the rest', () => {
    expect(draw(clearBorder(mask))).toEqual(['.......', '.3.44..', '...44..', '.......', '.......']);
  });

  test('a wider border, and components that hang together by corners', () => {
    expect(draw(clearBorder(mask, { width: 1 }))).toEqual([
      '.......',
      '.......',
      '.......',
      '.......',
      '.......',
    ]);
    expect(draw(clearBorder(drawn('#....', '.#...', '...#.', '.....'), { connectivity: 2 }))).toEqual([
      '.....',
      '.....',
      '...1.',
      '.....',
    ]);
  });

  test('the first and last slices of a volume are its border', () => {
    const data = new Uint8Array(45);
    data[22] = 1; // the middle of the middle slice of 3×3×5
    const volume: Raster = { data, depth: 3, height: 3, width: 5, channels: 1 };
    expect(Array.from(clearBorder(volume).data)).toEqual(Array.from(data));
    data[7] = 1; // above it, in the first slice
    expect(clearBorder(volume).data.every((value) => value === 0)).toBe(true);
  });

  test('wrong widths are refused', () => {
    expect(() => clearBorder(mask, { width: -1 })).toThrow(
      'clearBorder: width (=-1) must be a whole number of pixels, at least 0.',
    );
  });
});

describe('expandLabels', () => {
  test('labels grow up to a distance and stop at each other', () => {
    expect(draw(expandLabels(drawn('1.....2'), { distance: 2 }))).toEqual(['111.222']);
    expect(draw(expandLabels(drawn('1....2'), { distance: 9 }))).toEqual(['111222']);
    expect(draw(expandLabels(drawn('...', '.7.', '...')))).toEqual(['.7.', '777', '.7.']);
    expect(draw(expandLabels(drawn('...')))).toEqual(['...']);
  });

  test('each pixel takes a label that is as near as any, over random volumes', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 0, 0, 1, 2), { minLength: 36, maxLength: 36 }),
        fc.constantFrom(0, 1, 1.5, 4),
        (values, distance) => {
          const spacing = [1.5, 1, 0.75];
          const mask: Raster = { data: Uint8Array.from(values), depth: 3, height: 3, width: 4, channels: 1 };
          const place = (at: number) => [Math.floor(at / 12) * 1.5, Math.floor(at / 4) % 3, (at % 4) * 0.75];
          const grown = expandLabels(mask, { distance, spacing }).data;
          values.forEach((value, at) => {
            const far = (label: number) =>
              Math.min(
                Number.POSITIVE_INFINITY,
                ...values.flatMap((other, j) => {
                  const [a, b] = [place(at), place(j)];
                  return other === label ? [Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!)] : [];
                }),
              );
            const [one, two] = [far(1), far(2)];
            const nearest = Math.min(one, two);
            if (value !== 0) expect(grown[at]).toBe(value);
            else if (nearest > distance) expect(grown[at]).toBe(0);
            else expect([one <= nearest && 1, two <= nearest && 2]).toContain(grown[at]);
          });
        },
      ),
    ));

  test('wrong distances are refused', () => {
    expect(() => expandLabels(drawn('1.'), { distance: -1 })).toThrow(
      'expandLabels: distance (=-1) must be at least 0.',
    );
  });
});

describe('thin', () => {
  test('Guo–Hall, the default, keeps what Zhang–Suen deletes: blocks of 2×2', () => {
    const block = drawn('....', '.##.', '.##.', '....');
    expect(draw(thin(block))).toEqual(['....', '....', '.1..', '....']);
    expect(thin(block, { method: 'zhang-suen' }).data.every((value) => value === 0)).toBe(true);
  });

  test('and the length of slanting strokes two pixels wide, which Zhang–Suen eats from their ends', () => {
    const stroke = drawn('##......', '.##.....', '..##....', '...##...', '....##..');
    expect(draw(thin(stroke))).toEqual(['1.......', '.1......', '..1.....', '...1....', '....11..']);
    expect(draw(thin(stroke, { method: 'zhang-suen' }))).toEqual([
      '........',
      '........',
      '..11....',
      '........',
      '........',
    ]);
  });

  test('a diamond becomes a point under Zhang–Suen, a short line under Guo–Hall', () => {
    const diamond = drawn('.......', '...#...', '..###..', '.#####.', '..###..', '...#...', '.......');
    const row = (method: 'guo-hall' | 'zhang-suen') => draw(thin(diamond, { method }))[3];
    expect([row('zhang-suen'), row('guo-hall')]).toEqual(['...1...', '..111..']);
  });
});

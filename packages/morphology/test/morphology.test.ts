import type { Raster } from '@segscape/core';
import * as morphology from '@segscape/morphology';
import {
  boundary,
  connectedComponents,
  distancesAt,
  distanceTransform,
  erode,
  largestComponent,
  removeSmall,
  splitTouching,
  thin,
  watershed,
} from '@segscape/morphology';
import type {} from '@segscape/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

/** A mask drawn with characters: `.` is 0, `#` is 1, digits are themselves. */
function drawn(...rows: string[]): Raster {
  const values = rows.flatMap((row) => [...row].map((c) => (c === '.' ? 0 : c === '#' ? 1 : Number(c))));
  return { data: Uint8Array.from(values), height: rows.length, width: rows[0]?.length ?? 0, channels: 1 };
}

function draw({ data, width }: Raster): string[] {
  const text = Array.from(data, (value) => (value === 0 ? '.' : String(value))).join('');
  return text.match(new RegExp(`.{${width}}`, 'g')) ?? [];
}

const masks = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
  .chain(([height, width, depth]) =>
    fc
      .array(fc.constantFrom(0, 1, 1, 1), {
        minLength: height * width * depth,
        maxLength: height * width * depth,
      })
      .map((values): Raster => ({ data: Uint8Array.from(values), height, width, depth, channels: 1 })),
  );

describe('distancesAt', () => {
  const spacings = fc.constantFrom([1, 1, 1], [2, 3, 1], [1, 1, 0.7], [0.4, 1, 2], [1.5, 0.25, 1]);

  test('is the transform at those positions, 2-D and 3-D, whole spacings and others', () =>
    fc.assert(
      fc.property(masks, spacings, (mask, sizes) => {
        const { depth, ...image } = mask;
        const flat = depth === 1;
        const raster = flat ? image : mask;
        const spacing = flat ? sizes.slice(1) : sizes;
        const { data } = distanceTransform(raster, { spacing });
        const positions = [...data.keys()].filter((i) => i % 3 !== 1);
        expect(distancesAt(raster, positions, { spacing })).toBeAllclose(positions.map((i) => data[i]!));
      }),
    ));

  test('is exact to the last bit for whole distances', () => {
    const data = new Uint8Array(40 * 50).fill(1);
    data[7] = 0;
    const [there] = distancesAt({ data, height: 40, width: 50, channels: 1 }, [33 * 50 + 36]);
    expect(there).toBe(Math.sqrt(33 ** 2 + 29 ** 2));
  });

  test('refuses positions outside of the mask', () => {
    expect(() => distancesAt(drawn('#.'), [2])).toThrow(/positions\[0\] \(=2\)/);
  });
});

describe('distanceTransform', () => {
  test('equals the search over all background pixels', () =>
    fc.assert(
      fc.property(masks, fc.double({ min: 0.3, max: 3, noNaN: true }), (mask, z) => {
        const { data, height, width } = mask;
        const spacing = [z, 1, 0.7];
        const place = (at: number) => [
          Math.floor(at / (width * height)) * z,
          Math.floor(at / width) % height,
          (at % width) * 0.7,
        ];
        const expected = Array.from(data, (_, at) => {
          let best = Number.POSITIVE_INFINITY;
          data.forEach((value, other) => {
            if (value !== 0) return;
            const [a, b] = [place(at), place(other)];
            best = Math.min(best, Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!));
          });
          return best;
        });
        expect(distanceTransform(mask, { spacing }).data).toBeAllclose(expected);
      }),
      { numRuns: 60 },
    ));

  test('without background it is infinite, without foreground 0, and minus infinite when signed', () => {
    expect(Array.from(distanceTransform(drawn('###')).data)).toEqual(new Array(3).fill(Infinity));
    expect(Array.from(distanceTransform(drawn('..')).data)).toEqual([0, 0]);
    expect(Array.from(distanceTransform(drawn('..'), { signed: true }).data)).toEqual([-Infinity, -Infinity]);
  });

  test('keeps the size and spacing of the raster, and leaves the mask alone', () => {
    const mask = { ...drawn('.##'), spacing: [0.5, 0.5] };
    const result = distanceTransform(mask);
    expect(result).toMatchObject({ height: 1, width: 3, channels: 1, spacing: [0.5, 0.5] });
    expect(Array.from(mask.data)).toEqual([0, 1, 1]);
  });

  test('wrong input is refused with its values', () => {
    expect(() => distanceTransform(drawn('.#'), { spacing: [1] })).toThrow(
      'distanceTransform: spacing (=[1]) must be 2 positive numbers, [y, x].',
    );
    expect(() => distanceTransform({ ...drawn('.#'), width: 3 })).toThrow(
      'distanceTransform: a raster of [1, 3, 1] needs 3 values, got 2.',
    );
    expect(() => distanceTransform({ data: new Uint8Array(6), height: 1, width: 2, channels: 3 })).toThrow(
      'distanceTransform: expected a mask of 1 channel, got 3. Take one channel first.',
    );
  });
});

describe('components', () => {
  const mask = drawn('#.#', '#.2', '..2');

  test('values never join', () => {
    expect(draw(connectedComponents(mask, { connectivity: 2 }).labels)).toEqual(['1.2', '1.3', '..3']);
  });

  test('removeSmall and largestComponent keep values', () => {
    expect(draw(removeSmall(mask, { minSize: 2 }))).toEqual(['1..', '1.2', '..2']);
    expect(draw(largestComponent(mask))).toEqual(['1..', '1..', '...']);
    expect(draw(largestComponent(drawn('...')))).toEqual(['...']);
  });

  test('a connectivity beyond the axes is refused', () => {
    expect(() => connectedComponents(mask, { connectivity: 3 })).toThrow(
      'connectedComponents: connectivity (=3) must be a whole number from 1 to 2.',
    );
  });
});

describe('boundary', () => {
  const mask = drawn('.....', '.###.', '.###.', '.####');

  test('inner is the mask minus its erosion; outer is around it', () => {
    expect(draw(boundary(mask))).toEqual(['.....', '.111.', '.1.1.', '.1111']);
    expect(draw(boundary(mask, { outside: 'same' }))).toEqual(['.....', '.111.', '.1.1.', '.1..1']);
    expect(draw(boundary(mask, { side: 'outer' }))).toEqual(['.111.', '1...1', '1...1', '1....']);
  });

  test('equals mask minus erosion on any mask', () =>
    fc.assert(
      fc.property(masks, (any) => {
        const inside = erode(any).data;
        expect(Array.from(boundary(any).data)).toEqual(
          Array.from(any.data, (value, at) => (value === 1 && inside[at] === 0 ? 1 : 0)),
        );
      }),
    ));

  test('touching regions bound each other', () =>
    expect(draw(boundary(drawn('111222'), { outside: 'same' }))).toEqual(['..11..']));
});

describe('thin', () => {
  const bar = drawn('.........', '.#######.', '.#######.', '.#######.', '.........');

  test.each(['zhang-suen', 'guo-hall'] as const)('%s leaves the middle line of a bar', (method) => {
    const rows = draw(thin(bar, { method }));
    expect(rows[1]).toBe('.........');
    expect(rows[2]).toMatch(/^\.+1{4,}\.+$/);
    expect(rows[3]).toBe('.........');
  });

  test.each(['zhang-suen', 'guo-hall'] as const)('%s keeps lines, and is done after once', (method) => {
    const line = drawn('#....', '.#...', '..#..', '...##');
    expect(draw(thin(line, { method }))).toEqual(draw({ ...line }));
    fc.assert(
      fc.property(masks, (any) => {
        const { depth: _, ...plane } = { ...any, height: any.height * (any.depth ?? 1) };
        const once = thin(plane, { method });
        expect(thin(once, { method })).toEqual(once);
        expect(once.data.every((value, at) => value <= plane.data[at]!)).toBe(true);
      }),
    );
  });

  test('Guo–Hall keeps the number of components', () =>
    fc.assert(
      fc.property(masks, (any) => {
        const { depth: _, ...plane } = { ...any, height: any.height * (any.depth ?? 1) };
        const count = (mask: Raster) => connectedComponents(mask, { connectivity: 2 }).count;
        expect(count(thin(plane, { method: 'guo-hall' }))).toBe(count(plane));
      }),
    ));

  test('a volume is refused', () =>
    expect(() => thin({ ...drawn('##'), depth: 1 })).toThrow('thin: mask.depth (=1) must be absent'));
});

describe('watershed', () => {
  test('floods meet on the ridge, the first one taking it', () => {
    const elevation = { ...drawn('0123210'), data: Float32Array.of(0, 1, 2, 3, 2, 1, 0) };
    expect(draw(watershed(elevation, drawn('1.....2')))).toEqual(['1111222']);
  });

  test('stays in the mask, and does not jump over a gap', () => {
    const flat = drawn('.......');
    expect(draw(watershed(flat, drawn('1......'), { mask: drawn('###.###') }))).toEqual(['111....']);
  });

  test('sizes must agree', () =>
    expect(() => watershed(drawn('..'), drawn('...'))).toThrow(
      'watershed: expected markers shaped like elevation [1, 1, 2], got [1, 1, 3].',
    ));
});

describe('splitTouching', () => {
  test('two discs that touch become two objects', () => {
    const [height, width] = [21, 37];
    const data = new Uint8Array(height * width);
    for (let at = 0; at < data.length; at++) {
      const [y, x] = [Math.floor(at / width) - 10, at % width];
      if (Math.hypot(y, x - 10) < 9 || Math.hypot(y, x - 26) < 9) data[at] = 1;
    }
    const mask = { data, height, width, channels: 1 };
    const labels = splitTouching(mask, { threshold: 0.7 });
    expect(connectedComponents(mask).count).toBe(1);
    expect(new Set(labels.data)).toEqual(new Set([0, 1, 2]));
    expect(labels.data[10 * width + 5]).toBe(1);
    expect(labels.data[10 * width + 31]).toBe(2);
  });

  test('a thin object without a marker is kept as its own', () => {
    const mask = drawn('#####....', '#####....', '#####..#.', '#####....', '#####....');
    expect(new Set(splitTouching(mask, { closing: 0, threshold: 0.5 }).data)).toEqual(new Set([0, 1, 2]));
  });

  test('empty and full masks', () => {
    expect(new Set(splitTouching(drawn('...')).data)).toEqual(new Set([0]));
    expect(new Set(splitTouching(drawn('###')).data)).toEqual(new Set([1]));
  });
});

test('the public names are these', () => {
  expect(Object.keys(morphology).sort()).toMatchInlineSnapshot(`
    [
      "boundary",
      "clearBorder",
      "close",
      "connectedComponents",
      "dilate",
      "distanceTransform",
      "distancesAt",
      "erode",
      "expandLabels",
      "fillHoles",
      "largestComponent",
      "nearestFeatures",
      "open",
      "removeSmall",
      "removeSmallHoles",
      "splitTouching",
      "thin",
      "watershed",
    ]
  `);
});

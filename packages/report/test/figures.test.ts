import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { scaleOf, shortNumber } from '../src/figures/scale.js';
import { commonRange, shareOf, spansDecades, valueAt } from '../src/figures/terrain.js';
import { linearTicks, logTicks } from '../src/figures/ticks.js';
import { curvesOf, curvesSvg, intervalsSvg, surfacePairSvg, surfaceSvg } from '../src/index.js';
import { svgToPng } from '../src/png.js';
import { assertWellFormed } from './well-formed.js';

const axis = Float64Array.of(-1, -0.5, 0, 0.5, 1);
const bowl = (scale: number) => ({
  x: axis,
  y: axis,
  values: {
    ce: Float32Array.from(
      { length: 25 },
      (_, i) => scale * (axis[i % 5]! ** 2 + axis[Math.floor(i / 5)]! ** 2) + 0.01,
    ),
  },
});

describe('ticks', () => {
  test('0 to 1 in fifths', () => expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]));
  test('lie inside the domain and are not many, for any domain', () =>
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, size) => {
          const ticks = linearTicks(low, low + size, 5);
          expect(ticks.length).toBeLessThan(12);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - size * 1e-6);
            expect(tick).toBeLessThanOrEqual(low + size * (1 + 1e-6));
          }
        },
      ),
    ));
  test('powers of ten over many decades', () =>
    expect(logTicks(1e-3, 1e3, 5)).toEqual([1e-3, 1e-2, 0.1, 1, 10, 100, 1000]));
  test('a logarithmic scale puts 10 halfway between 1 and 100', () =>
    expect(scaleOf([1, 100], [0, 200], { log: true }).at(10)).toBeCloseTo(100));
  test.each([
    [0.12345, '0.123'],
    [-2, '−2'],
    [1e-7, '10⁻⁷'],
    [2.5e6, '2.5·10⁶'],
    [Number.NaN, '–'],
    [0, '0'],
  ])('%s is said as %s', (value, text) => expect(shortNumber(value)).toBe(text));
});

describe('the range of terrain', () => {
  test('share and value are inverse, straight and logarithmic', () =>
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (share, log) => {
        const range = commonRange([[0.01, 20]], log);
        expect(shareOf(valueAt(share, range), range)).toBeCloseTo(share, 9);
      }),
    ));
  test('a logarithm of values down to zero begins at a millionth of the largest', () =>
    expect(commonRange([[0, 5]], true)).toEqual({ low: 5e-6, high: 5, log: true }));
  test('NaN counts as the highest', () =>
    expect(shareOf(Number.NaN, { low: 0, high: 1, log: false })).toBe(1));
  test('two decades want a logarithm, a factor of two does not', () =>
    expect([spansDecades([[0.1, 10]]), spansDecades([[1, 2]])]).toEqual([true, false]));
});

describe('surfaceSvg', () => {
  test('draws bands of colour from dark to light, axes and title', () => {
    const svg = surfaceSvg(bowl(1), { title: 'CE <1:1>' });
    assertWellFormed(svg);
    expect(svg).toContain('CE &lt;1:1&gt;');
    expect(new Set(svg.match(/fill="rgb\([^"]*"|fill="#[0-9a-f]{6}"/g)).size).toBeGreaterThan(10);
  });
  test('up is the second direction: what is high at y = 1 is light at the top', () => {
    const slope = {
      x: axis,
      y: axis,
      values: { l: Float32Array.from({ length: 25 }, (_, i) => axis[Math.floor(i / 5)]!) },
    };
    const paths = [...surfaceSvg(slope, { bar: false }).matchAll(/<path d="(M[^"]*Z)" fill/g)].map(
      ([, d]) => d!,
    );
    const lows = paths.map((d) => Math.max(...[...d.matchAll(/,([\d.]+)/g)].map(([, y]) => Number(y))));
    expect(lows.length).toBeGreaterThan(5);
    // Each higher band begins farther up.
    for (const [i, low] of lows.slice(1).entries()) expect(low).toBeLessThan(lows[i]!);
  });
  test('values that are not finite leave a mark, not a hole in the figure', () => {
    const surface = bowl(1);
    surface.values.ce[3] = Number.NaN;
    surface.values.ce[4] = Number.POSITIVE_INFINITY;
    const svg = surfaceSvg(surface, { log: true });
    assertWellFormed(svg);
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });
  test('a flat surface draws', () => assertWellFormed(surfaceSvg(bowl(0), { log: true })));
  test('an unknown loss is named with those there are', () =>
    expect(() => surfaceSvg(bowl(1), { loss: 'dice' })).toThrow(
      "surfaceSvg: the surface has no loss 'dice'. It has: ce.",
    ));
  test('a grid that does not fit its axes', () =>
    expect(() => surfaceSvg({ ...bowl(1), x: axis.slice(1) })).toThrow(
      'surfaceSvg: expected a grid of at least 2 × 2 with 5 × 4 values, got 25.',
    ));
});

test('surfacePairSvg: one scale for both, so the smaller bowl stays dark', () => {
  const svg = surfacePairSvg(
    { surface: bowl(1), title: 'steep' },
    { surface: bowl(0.1), title: 'flat' },
    { levels: 20 },
  );
  assertWellFormed(svg);
  const [steep, flat] = svg.split('<g transform').slice(1) as [string, string];
  const contours = (panel: string) => panel.match(/<path d="M[^"]*Z"/g)?.length ?? 0;
  expect(contours(steep)).toBe(19);
  expect(contours(flat)).toBeGreaterThan(0);
  expect(contours(flat)).toBeLessThan(3);
});

describe('curves', () => {
  const row = (loss: string, seed: number, split: string, epoch: number, value: number) => ({
    loss,
    seed,
    fold: 0,
    epoch,
    split,
    measure: 'iou.disc',
    value,
  });
  const history = [
    row('b', 1, 'test', 1, 0.6),
    row('a', 1, 'test', 0, 0.2),
    row('a', 2, 'test', 0, 0.4),
    row('a', 1, 'train', 0, 0.3),
    row('a', 1, 'steps', 17, 99),
  ];
  test('mean over the seeds, from the lowest to the highest; steps are left out', () => {
    const curves = curvesOf(history, 'iou.disc', { losses: ['a', 'b'] });
    expect(curves.map(({ label, split }) => [label, split])).toEqual([
      ['a', 'test'],
      ['a', 'train'],
      ['b', 'test'],
    ]);
    expect(curves[0]!.mean[0]).toBeCloseTo(0.3);
    expect(curves[0]).toMatchObject({ low: [0.2], high: [0.4], epochs: [0] });
    expect(curves[1]!.low).toBeUndefined();
    expect(curves[0]!.colour).not.toBe(curves[2]!.colour);
  });
  test('a long curve is thinned and keeps its last epoch', () => {
    const long = Array.from({ length: 1001 }, (_, epoch) => row('a', 1, 'test', epoch, epoch));
    const [curve] = curvesOf(long, 'iou.disc', { maxPoints: 100 });
    expect(curve!.epochs.length).toBeLessThanOrEqual(102);
    expect(curve!.epochs.at(-1)).toBe(1000);
  });
  test('train is dashed, test solid; the legend names both', () => {
    const more = [...history, row('a', 1, 'train', 1, 0.5), row('a', 1, 'test', 1, 0.5)];
    const svg = curvesSvg(curvesOf(more, 'iou.disc'), { title: 'IoU' });
    assertWellFormed(svg);
    expect(svg.match(/stroke-dasharray="5 4"/g)!.length).toBe(2);
    expect(svg).toContain('>train</text>');
  });
  test('NaN leaves a gap; nothing recorded says so; one epoch draws dots', () => {
    const gap = [0, 1, 2, 3, 4].map((epoch) => row('a', 1, 'test', epoch, epoch === 2 ? Number.NaN : epoch));
    const svg = curvesSvg(curvesOf(gap, 'iou.disc'));
    assertWellFormed(svg);
    expect(svg.match(/d="M[^"]*L[^"]*M[^"]*L[^"]*"/)).not.toBeNull();
    expect(curvesSvg([])).toContain('nothing was recorded');
    expect(curvesSvg(curvesOf(history.slice(0, 1), 'iou.disc'))).toContain('<circle');
  });
});

test('intervalsSvg: a dot for each image, a mean for each loss', () => {
  const svg = intervalsSvg([
    { label: 'a', colour: '#123456', points: [0.1, 0.2, Number.NaN], mean: 0.15, low: 0.1, high: 0.2 },
    { label: 'b', colour: '#654321', points: [], mean: Number.NaN, low: Number.NaN, high: Number.NaN },
  ]);
  assertWellFormed(svg);
  expect(svg.match(/<circle/g)).toHaveLength(3);
});

describe('svgToPng', () => {
  test('draws at twice the size of the figure', async () => {
    const { width, data, channels } = decode(await svgToPng(surfaceSvg(bowl(1), { width: 300 })));
    expect(width).toBe(600);
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += channels)
      colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    expect(colours.size).toBeGreaterThan(50);
  });
  test('refuses what is not SVG', () =>
    expect(svgToPng('hello')).rejects.toThrow('svgToPng: this is not an SVG'));
  test('refuses a scale of 0', () =>
    expect(svgToPng('<svg/>', { scale: 0 })).rejects.toThrow('svgToPng: scale (=0) must be above 0'));
});

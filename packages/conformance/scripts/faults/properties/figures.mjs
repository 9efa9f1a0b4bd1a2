import { csvCell, curvesSvg, intervalsSvg, packedRange, percentileRange, surfaceSvg } from '@segscape/report';
import { pathName } from '@segscape/runs';
import fc from 'fast-check';
import { judged } from '../judged.mjs';

const values = fc.oneof(
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    1,
    1 + Number.EPSILON,
    Number.MIN_VALUE,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    1e-300,
  ),
  fc.double({ min: -1, max: 1 }),
);
const list = fc.array(values, { minLength: 1, maxLength: 6 });
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('<script>', '"\'', '=cmd', ']]>', '\0'),
);
const log = fc.boolean();

/** A figure has no number that is none: an engine would leave out what it belongs to, or the whole. */
function assertDrawn(svg) {
  const wrong = /(?:[ "(,])(?:NaN|-?Infinity|undefined)(?=[ ",)])/.exec(
    svg.replace(/>[^<]*</g, '><').replace(/aria-label="[^"]*"/g, ''),
  );
  if (wrong)
    throw new Error(
      `the figure has ${wrong[0]} in a place of a number: ${svg.slice(wrong.index, wrong.index + 80)}`,
    );
  if (/<script/i.test(svg)) throw new Error('a text became an element');
}
const figure = (share, arbitrary, draw) => ({
  share,
  make: () => ({
    arbitrary,
    check: (value) => judged(() => assertDrawn(draw(value)), ['BAD_OPTION', 'SHAPE_MISMATCH']),
  }),
});

/** All tick makers, through the figures whose axes they mark; and names where they become cells and paths. */
export const ofFigures = {
  'ticks of curves': figure(
    90,
    fc.record({ mean: list, epochs: list, log, label: texts }),
    ({ mean, epochs, log, label }) =>
      curvesSvg(
        [
          {
            label,
            colour: '#000',
            split: 'test',
            epochs: epochs.slice(0, mean.length),
            mean: mean.slice(0, epochs.length),
          },
        ],
        { log, title: label },
      ),
  ),
  'ticks of intervals': figure(
    40,
    fc.record({ points: list, mean: values, low: values, high: values, label: texts }),
    (row) => intervalsSvg([{ ...row, colour: '#000' }]),
  ),
  'ticks of surfaces': figure(
    40,
    fc.record({
      x: fc.tuple(values, values, values),
      y: fc.tuple(values, values, values),
      z: fc.array(values, { minLength: 9, maxLength: 9 }),
      log,
    }),
    ({ x, y, z, log }) =>
      surfaceSvg(
        { x: Float64Array.from(x), y: Float64Array.from(y), values: { a: Float32Array.from(z) } },
        { log },
      ),
  ),
  'ranges of maps': {
    share: 20,
    make: () => ({
      arbitrary: fc.array(list, { maxLength: 3 }),
      check: (maps) =>
        judged(() => {
          const { low, high } = packedRange(maps);
          if (!(low > 0 && low < high)) throw new Error(`the range is ${low} to ${high}`);
          const { min, max } = percentileRange(maps);
          if (!(min <= max)) throw new Error(`the range is ${min} to ${max}`);
        }, ['BAD_OPTION']),
    }),
  },
  'cells of CSV': {
    share: 50,
    make: () => ({
      arbitrary: fc.oneof(
        texts,
        fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' ='), texts).map((parts) => parts.join('')),
      ),
      check: (text) =>
        judged(() => {
          const cell = csvCell(text);
          const inside = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
          const isNumber = inside.trim() === inside && inside !== '' && Number.isFinite(Number(inside));
          if (/^[=+\-@\t\r]/.test(inside) && !isNumber)
            throw new Error(`${JSON.stringify(cell)} is a formula`);
          if (inside !== text && inside !== `'${text}`)
            throw new Error(`${JSON.stringify(cell)} is another text`);
        }, []),
    }),
  },
  'names in paths': {
    share: 30,
    make: () => ({
      arbitrary: texts,
      check: (text) =>
        judged(() => {
          const name = pathName(text);
          if (!/^[\w.+=-]+$/.test(name) || name.startsWith('.'))
            throw new Error(`${JSON.stringify(name)} is no name of a file`);
        }, []),
    }),
  },
};

import { isSegscapeError } from '@segscape/core';
import {
  anything,
  assertOptions,
  either,
  flag,
  integer,
  interval,
  type JsonSchema,
  list,
  notNegative,
  number,
  options,
  positive,
  problemText,
  schemaProblem,
  share,
  text,
  withDefaults,
  word,
} from '@segscape/core/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

interface FocalOptions {
  gamma?: number;
  alpha?: number | readonly number[];
  reduction?: 'mean' | 'sum' | undefined;
  classes?: readonly number[];
  detached?: boolean;
  prepare?: () => void;
  name?: string;
}

const schema = options<FocalOptions>({
  gamma: number('Focusing exponent.', { default: 2, minimum: 0 }),
  alpha: either('Weight of the classes.', [
    { type: 'number', ...share },
    { type: 'array', items: { type: 'number', ...notNegative }, minItems: 1, contains: positive },
  ]),
  reduction: word('How values become one.', ['mean', 'sum'], { default: 'mean' }),
  classes: list('Classes that count.', { type: 'integer', minimum: 0 }, { minItems: 1 }),
  detached: flag('No gradient through the factor.', { default: false }),
  prepare: anything('Called once.'),
  name: text('Its name.', { minLength: 1 }),
});

const said = (given: object, against: JsonSchema = schema) => {
  try {
    assertOptions('focal', given, against);
    return undefined;
  } catch (error) {
    return isSegscapeError(error, 'BAD_OPTION') ? error.message : error;
  }
};

describe('assertOptions', () => {
  test.each([
    [{}, undefined],
    [{ gamma: 0, alpha: [0, 1], classes: new Int32Array([0, 2]), detached: true }, undefined],
    [{ gamma: undefined, prepare: () => {} }, undefined],
    [{ gamma: -1 }, 'focal: gamma (=-1) must be at least 0.'],
    [{ gamma: Number.NaN }, 'focal: gamma (=NaN) must be a finite number.'],
    [{ gamma: 'two' }, "focal: gamma (='two') must be a number."],
    [{ gama: 2 }, "focal: 'gama' is not an option; did you mean 'gamma'?"],
    [
      { constructor: 2 },
      "focal: 'constructor' is not an option; known: gamma, alpha, reduction, classes, detached, prepare, name.",
    ],
    [{ alpha: 2 }, 'focal: alpha (=2) must be in [0, 1], or a list.'],
    [{ alpha: [0, 0] }, 'focal: alpha (=[0,0]) must have at least one entry to be positive.'],
    [{ alpha: [1, -1] }, 'focal: alpha[1] (=-1) must be at least 0.'],
    [{ alpha: 'both' }, "focal: alpha (='both') must be a number or a list."],
    [{ reduction: 'median' }, "focal: reduction (='median') must be one of 'mean', 'sum'."],
    [{ classes: [] }, 'focal: classes (=[]) must have at least 1 entry, got 0.'],
    [{ classes: [0.5] }, 'focal: classes[0] (=0.5) must be a whole number.'],
    [{ detached: 1 }, 'focal: detached (=1) must be true or false.'],
    [{ name: '' }, "focal: name (='') must not be empty."],
  ])('%j', (given, message) => expect(said(given)).toBe(message));

  test('says the unit, ascending ends, and what is missing', () => {
    const blur = options<{ sigma?: unknown; axes?: unknown }>(
      { sigma: interval('Spread.', { ...positive, unit: 'pixels' }), axes: integer('Axes.') },
      ['sigma'],
    );
    expect(said({ sigma: 0 }, blur)).toBe('focal: sigma (=0) must be positive, in pixels, or a list.');
    expect(said({ sigma: [2, 1] }, blur)).toBe('focal: sigma (=[2,1]) must go from low to high.');
    expect(said({ sigma: [1, 2, 3] }, blur)).toBe('focal: sigma (=[1,2,3]) must have 2 entries, got 3.');
    expect(said({}, blur)).toBe('focal: sigma is missing.');
  });

  test('says by an example what is expected in place of something of another type', () => {
    const sums = options<{ terms?: unknown; alpha?: unknown }>({
      terms: list('Losses with weights.', {
        type: 'object',
        examples: [{ loss: { kind: 'dice', classes: [1, 2] }, weight: 1, map: {}, of: null }],
      }),
      alpha: either('Weights.', [
        { type: 'number', examples: [0.5] },
        { type: 'array', examples: [[1, 2]] },
      ]),
    });
    expect(said({ terms: [[{ kind: 'dice' }, 1]] }, sums)).toBe(
      'focal: terms[0] (=[{"kind":"dice"},1]) must be an object: { loss: { kind: \'dice\', classes: [1, 2] }, weight: 1, map: {}, of: null }.',
    );
    expect(said({ alpha: 'both' }, sums)).toBe(
      "focal: alpha (='both') must be a number: 0.5 or a list: [1, 2].",
    );
    expect(said({ terms: [{}], alpha: 1 }, sums)).toBeUndefined();
  });

  test('has the place and the nearest name as fields', () => {
    const nested = options<{ terms: unknown }>({
      terms: { type: 'array', items: { type: 'object', properties: { loss: schema } } },
    });
    try {
      assertOptions('weightedSum', { terms: [{ loss: { gama: 1 } }] }, nested);
      expect.unreachable();
    } catch (error) {
      if (!isSegscapeError(error, 'BAD_OPTION')) throw error;
      const { path, option, nearest } = error.details;
      expect({ path, option, nearest }).toEqual({
        path: ['terms', 0, 'loss', 'gama'],
        option: 'terms',
        nearest: 'gamma',
      });
      expect(error.message).toBe("weightedSum: 'terms[0].loss.gama' is not an option; did you mean 'gamma'?");
    }
  });

  test('refuses what is no set of options', () => {
    expect(said(null as unknown as object)).toBe('focal: options (=null) must be an object.');
    expect(said([] as object)).toBe('focal: options (=[]) must be an object.');
  });
});

test('defaults fill in what is not given, and nothing else', () => {
  expect(withDefaults({ gamma: 3, reduction: undefined }, schema)).toEqual({
    gamma: 3,
    reduction: 'mean',
    detached: false,
  });
});

test('the schema and the interface cannot drift apart', () => {
  // @ts-expect-error: `b` has no schema.
  options<{ a?: number; b?: number }>({ a: number('A.') });
  // @ts-expect-error: there is no option `c`.
  options<{ a?: number }>({ a: number('A.'), c: number('C.') });
  expect(schema.additionalProperties).toBe(false);
});

test('a number is within its limits exactly when JSON Schema says so', () => {
  const limit = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
  fc.assert(
    fc.property(
      limit,
      limit,
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: -7, max: 7 }),
      (low, high, openLow, openHigh, value) => {
        const problem = schemaProblem(
          value,
          number('N.', {
            ...(low !== undefined && (openLow ? { exclusiveMinimum: low } : { minimum: low })),
            ...(high !== undefined && (openHigh ? { exclusiveMaximum: high } : { maximum: high })),
          }),
          ['n'],
        );
        const inside =
          (low === undefined || (openLow ? value > low : value >= low)) &&
          (high === undefined || (openHigh ? value < high : value <= high));
        expect(problem === undefined).toBe(inside);
        if (problem) expect(problemText(problem)).toMatch(/^n \(=-?\d+\) must be \S/);
      },
    ),
  );
});

test('a number may be one of a few, as a text may', () => {
  const shrink: JsonSchema = { type: 'integer', enum: [1, 2, 4] };
  expect(schemaProblem(4, shrink)).toBeUndefined();
  expect(schemaProblem(3, shrink)?.what).toBe('must be one of 1, 2, 4');
});

test('any value at all gets an answer, never another error', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }), (value) => {
      const problem = schemaProblem(value, schema);
      if (problem) expect(typeof problemText(problem)).toBe('string');
    }),
    { numRuns: 2000 },
  );
});

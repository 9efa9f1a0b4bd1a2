import * as morphology from '@segscape/morphology';
import { expect, test } from 'vitest';

const mask = { data: Uint8Array.of(0, 1, 1, 0, 1, 0, 1, 1, 1), height: 3, width: 3, channels: 1 };
const misspelt = { conectivity: 2 } as object;

/** How each function is called with options. */
const calls: Readonly<Record<string, (options: object) => unknown>> = {
  boundary: (options) => morphology.boundary(mask, options),
  clearBorder: (options) => morphology.clearBorder(mask, options),
  close: (options) => morphology.close(mask, options),
  connectedComponents: (options) => morphology.connectedComponents(mask, options),
  dilate: (options) => morphology.dilate(mask, options),
  distanceTransform: (options) => morphology.distanceTransform(mask, options),
  distancesAt: (options) => morphology.distancesAt(mask, [0], options),
  erode: (options) => morphology.erode(mask, options),
  expandLabels: (options) => morphology.expandLabels(mask, options),
  fillHoles: (options) => morphology.fillHoles(mask, options),
  largestComponent: (options) => morphology.largestComponent(mask, options),
  nearestFeatures: (options) => morphology.nearestFeatures(mask, options),
  open: (options) => morphology.open(mask, options),
  removeSmall: (options) => morphology.removeSmall(mask, { minSize: 1, ...options }),
  removeSmallHoles: (options) => morphology.removeSmallHoles(mask, { minSize: 1, ...options }),
  splitTouching: (options) => morphology.splitTouching(mask, options),
  thin: (options) => morphology.thin(mask, options),
  watershed: (options) => morphology.watershed(mask, mask, options),
};

test('every function is tried', () => {
  expect(Object.keys(calls).sort()).toEqual(Object.keys(morphology).sort());
});

test.each(Object.entries(calls))('%s refuses an option that it does not know', (name, call) => {
  expect(() => call(misspelt)).toThrow(
    new RegExp(`^${name}: 'conectivity' is not an option; known: [a-zA-Z, ]+\\.$`),
  );
  call({});
});

test('what neighbours cannot be is refused by the name of the function that was called', () => {
  for (const name of ['largestComponent', 'fillHoles', 'connectedComponents'] as const)
    expect(() => calls[name]?.({ connectivity: 3 })).toThrow(
      `${name}: connectivity (=3) must be a whole number from 1 to 2.`,
    );
  expect(() => morphology.boundary(mask, { side: 'middle' as 'inner' })).toThrow(
    "boundary: side (='middle') must be 'inner', 'outer' or 'thick'.",
  );
});

test('options that are none, and words for true', () => {
  for (const [name, call] of Object.entries(calls)) {
    if (name.startsWith('removeSmall')) continue;
    expect(() => call(null as never)).toThrow(`${name}: options (=null) must be an object.`);
    expect(() => call('x' as never)).toThrow(`${name}: options (='x') must be an object.`);
  }
  expect(() => morphology.removeSmall(mask, undefined as never)).toThrow(
    'removeSmall: options (=undefined) must be an object.',
  );
  expect(() => morphology.distanceTransform(mask, { signed: 'no' as never })).toThrow(
    "distanceTransform: signed (='no') must be true or false.",
  );
  expect(() => morphology.boundary(mask, { touching: 1 as never })).toThrow(
    'boundary: touching (=1) must be true or false.',
  );
});

test('names that every object has are no options and no methods', () => {
  expect(() => morphology.thin(mask, { method: 'toString' as never })).toThrow(
    "thin: method (='toString') must be 'guo-hall', 'zhang-suen' or 'scikit-image'.",
  );
  expect(() => morphology.thin(mask, { valueOf: 1 } as never)).toThrow("thin: 'valueOf' is not an option;");
});

test.each(['removeSmall', 'removeSmallHoles'])('%s wants a number', (name) => {
  expect(() => calls[name]?.({ minSize: '3' })).toThrow(
    `${name}: minSize (='3') must be at least 0, in pixels.`,
  );
});

test('what splitTouching cannot do is told by its own name', () => {
  expect(() => morphology.splitTouching(mask, { closing: 0.5 })).toThrow(
    'splitTouching: closing (=0.5) must be a whole number of pixels, at least 0.',
  );
  expect(() => morphology.splitTouching(mask, { connectivity: 3 })).toThrow(
    'splitTouching: connectivity (=3) must be a whole number from 1 to 2.',
  );
});

test.each([null, 'ab', 2, [0, 1], [1, Number.NaN]])('a spacing of %j', (spacing) => {
  expect(() => morphology.distanceTransform(mask, { spacing: spacing as never })).toThrow(
    'must be 2 positive numbers, [y, x].',
  );
});

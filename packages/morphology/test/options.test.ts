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

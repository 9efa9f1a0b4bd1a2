import { expect, test } from 'vitest';

test('public names', async () => {
  expect(Object.keys(await import('../src/index.js')).sort()).toMatchInlineSnapshot(`
    [
      "compareHessianProducts",
      "hessianEigenvalues",
      "hessianMatrix",
      "hessianTrace",
      "hessianVectorProduct",
      "inline",
      "interpolate",
      "line",
      "normalizeDirection",
      "randomDirection",
      "sharpness",
      "spectralDensity",
      "surface",
      "surfaceStatistics",
      "toNpz",
      "toVtp",
      "topEigenvalues",
      "trajectory",
    ]
  `);
  expect(Object.keys(await import('../src/hdf5.js')).sort()).toMatchInlineSnapshot(`
    [
      "decodeSurface",
      "encodeSurface",
      "toNpz",
      "toVtp",
    ]
  `);
});

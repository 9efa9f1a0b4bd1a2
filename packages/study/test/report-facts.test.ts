import type { ReportFacts } from '@segscape/report';
import { memoryStorage } from '@segscape/runs';
import type { EigenvectorFact, SurfaceTrust } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseStudyConfig } from '../src/config/parse.js';
import { trustPlan } from '../src/plan/trust-plan.js';
import { calibrationCount } from '../src/tasks/calibration.js';
import { lineCosine } from '../src/tasks/direction-cosines.js';
import { mappedStudy, study, text, tinyStudy } from './tiny-study.js';

describe('what a study tells its report', () => {
  const storage = memoryStorage();
  let facts: ReportFacts;
  beforeAll(async () => {
    const landscape = { ...mappedStudy.landscape, trust: true, curvature: { eigenvalues: 1, probes: 6 } };
    const config = { ...tinyStudy, training: { ...tinyStudy.training, epochs: 3 }, landscape };
    await expectTensors(0, () => study(storage, { config }));
    facts = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
  });

  test('how far to trust each surface, in words and numbers', async () => {
    expect(facts.trust!.map(({ name }) => name)).toEqual(facts.surfaces.map(({ name }) => name));
    for (const { sentence, pathShare, gradientShare, noiseFloor } of facts.trust!) {
      expect(sentence).toMatch(/^This slice holds .* % of the path's variance and .* of the gradient/);
      for (const share of [pathShare, gradientShare]) {
        expect(share).toBeGreaterThanOrEqual(0);
        // Random directions hold next to nothing.
        expect(share).toBeLessThan(0.2);
      }
      expect(noiseFloor).toBeGreaterThan(0);
      expect(noiseFloor).toBeLessThan(1e-4);
    }
    expect(await text(storage, 'report.html')).toContain('This slice holds');
  });
  test('over other pairs of directions, and against the Hessian, at the end of each loss', () => {
    const trust = facts.trust as readonly SurfaceTrust[];
    const last = trust.filter(({ name }) => name.endsWith('epoch-0003'));
    expect(last).toHaveLength(2);
    for (const { statistics, eigenvectors, sentence } of last) {
      expect(sentence).toMatch(/over 3 pairs of directions its roughness is .* ± /);
      expect(sentence).toMatch(/top eigenvectors meet it at cosines of/);
      for (const name of ['roughness', 'convexity', 'minimum', 'basinWidth', 'minima', 'smad'])
        expect(statistics![name]!.count, name).toBe(3);
      expect(statistics!.roughness!.spread).toBeGreaterThan(0);
      // The centre is the same point of every plane.
      expect(statistics!.centre!.spread).toBeLessThan(1e-6);
      const [{ value, plane, directions, gradient }] = eigenvectors as [EigenvectorFact];
      expect(value).toBeGreaterThan(0);
      for (const cosine of [plane, ...directions, gradient]) {
        expect(cosine).toBeGreaterThanOrEqual(0);
        expect(cosine).toBeLessThanOrEqual(1);
      }
      // A plane leans at least as far as each of its directions.
      expect(plane).toBeGreaterThanOrEqual(Math.max(...directions) - 1e-6);
    }
    for (const { statistics, name } of trust)
      if (!name.endsWith('epoch-0003')) expect(statistics).toBeUndefined();
  });
  test('curvature through training, where the config asks', () => {
    for (const loss of facts.losses) {
      const own = facts.curvature!.filter((fact) => fact.loss === loss);
      expect(own.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
      for (const { eigenvalues, trace, standardError, sharpness } of own) {
        expect(eigenvalues).toHaveLength(1);
        expect([trace, standardError, sharpness].every(Number.isFinite)).toBe(true);
        expect(sharpness).toBeGreaterThan(0);
      }
    }
  });
  test('how far each layer moved: nothing at first, something at last', () => {
    for (const { epochs, layers } of facts.weightChange!) {
      expect(epochs).toEqual([0, 1, 2, 3]);
      expect(layers.length).toBeGreaterThan(3);
      const kernels = layers.filter(({ relative }) => relative[3] !== null);
      for (const { relative } of kernels) {
        expect(relative[0]).toBe(0);
        expect(relative[3]).toBeGreaterThan(0);
      }
    }
  });
  test('calibration over all pixels of the test images', () => {
    const pixels = 2 * 32 * 32;
    for (const { classes, trueClass } of facts.calibration!) {
      expect(classes.map(({ name }) => name)).toEqual(['background', 'disc']);
      for (const { bins } of classes) expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(pixels);
      expect(trueClass!.reduce((a, b) => a + b)).toBe(pixels);
    }
  });
  test('the numbers behind each loss map, and the hash of the images', async () => {
    const maps = facts.pictures.filter(({ group }) => group === 'loss');
    expect(maps.length).toBeGreaterThan(0);
    for (const { values } of maps) {
      const png = await storage.read(`maps/${values!.name}.png`);
      // Width and colour type of the header: 8-bit RGB.
      expect([new DataView(png.buffer, png.byteOffset).getUint32(16), png[25]]).toEqual([32, 2]);
      expect(values!.low).toBeLessThan(values!.high);
    }
    expect(facts.material.contentHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('trust', () => {
  const planned = (landscape: object) => trustPlan(parseStudyConfig({ ...tinyStudy, landscape }));
  test('a few pairs by default, eigenvectors with curvature, and nothing where it is off', () => {
    expect(planned({})).toEqual({ pairs: 2, eigenvectors: 0 });
    expect(planned({ curvature: { eigenvalues: 3 } })).toEqual({ pairs: 2, eigenvectors: 3 });
    expect(planned({ trust: { pairs: 0, eigenvectors: 1 } })).toEqual({ pairs: 0, eigenvectors: 1 });
    for (const off of [{ trust: false }, { maps: false }, { enabled: false }])
      expect(planned(off)).toBeUndefined();
  });

  test('cosines by hand: parameters that a direction lacks are 0, and signs do not count', async () => {
    const vector = { a: tensor([3, 0]), b: tensor([4]) };
    const [half, opposite] = [
      { a: tensor([1, 0]), c: tensor([9]) },
      { a: tensor([-3, 0]), b: tensor([-4]) },
    ];
    expect(await lineCosine(vector, half)).toBeCloseTo(0.6, 6);
    expect(await lineCosine(vector, opposite)).toBeCloseTo(1, 6);
    expect(await lineCosine(vector, {})).toBe(0);
    dispose([vector, half, opposite]);
  });
});

describe('calibrationCount', () => {
  test('of classes that overlap each answer counts: three pixels of two classes, one of them void', () => {
    const count = calibrationCount({ classes: ['a', 'b'], ignoreIndex: 255, overlapping: true });
    count.add([1, 1, 0, 1, 255, 255], [0.9, 0.8, 0.1, 0.6, 0.5, 0.5]);
    const { classes, trueClass } = count.fact({ loss: 'x', seed: 1 });
    const [a, b] = classes.map(({ bins }) => bins.filter((bin) => bin.count > 0));
    expect(a!.map(({ count, accuracy }) => [count, accuracy])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(b!.map(({ count, accuracy }) => [count, accuracy])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    // 0.9 of a, 0.8 of b, 1 − 0.1 of no a, 0.6 of b.
    expect((trueClass ?? []).reduce((sum, n) => sum + n, 0)).toBe(4);
  });

  test('bins by hand: half of what is said to be 0.8 is there', () => {
    const count = calibrationCount({ classes: ['a', 'b'], ignoreIndex: 255, overlapping: false });
    count.add([1, 0, 255, 1], [0.2, 0.8, 0.2, 0.8, 0.5, 0.5, Number.NaN, Number.NaN]);
    const { classes, trueClass } = count.fact({ loss: 'x', seed: 1 });
    const [a, b] = classes;
    const filled = b!.bins.filter((bin) => bin.count > 0);
    expect(filled).toHaveLength(1);
    expect(filled[0]!.count).toBe(2);
    expect(filled[0]!.confidence).toBeCloseTo(0.8, 6);
    expect(filled[0]!.accuracy).toBe(0.5);
    expect(b!.error).toBeCloseTo(0.3, 6);
    expect(a!.error).toBeCloseTo(0.3, 6);
    expect(trueClass!.reduce((x, y) => x + y)).toBe(2);
  });
});

import type { ReportFacts } from '@segscape/report';
import { memoryStorage } from '@segscape/runs';
import { expectTensors } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { calibrationCount } from '../src/tasks/calibration.js';
import { study, text, tinyStudy } from './tiny-study.js';

describe('what a study tells its report', () => {
  const storage = memoryStorage();
  let facts: ReportFacts;
  beforeAll(async () => {
    const landscape = { ...tinyStudy.landscape, curvature: { eigenvalues: 1, probes: 6 } };
    const config = { ...tinyStudy, training: { ...tinyStudy.training, epochs: 3 }, landscape };
    await expectTensors(0, () => study(storage, { config }));
    facts = JSON.parse(await text(storage, 'report.json')) as ReportFacts;
  }, 180_000);

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

describe('calibrationCount', () => {
  test('bins by hand: half of what is said to be 0.8 is there', () => {
    const count = calibrationCount(['a', 'b'], 255);
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

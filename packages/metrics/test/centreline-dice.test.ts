import type { Raster } from '@segscape/core';
import { centrelineDice, classCalibrationErrors, expectedCalibrationError } from '@segscape/metrics';
import { tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const mask = (...rows: string[]): Raster => ({
  data: Uint8Array.from(rows.join(''), Number),
  height: rows.length,
  width: rows[0]!.length,
  channels: 1,
});

describe('centrelineDice', () => {
  const bar = mask('0000000000', '0111111110', '0111111110', '0111111110', '0000000000');
  const half = mask('0000000000', '0111100000', '0111100000', '0111100000', '0000000000');
  const fork = mask('0000000000', '0111111110', '0000110000', '0000110000', '0000110000');

  test('is 1 of equal masks', () => {
    for (const own of [bar, half, fork]) expect(centrelineDice(own, own)).toBe(1);
  });

  // By the paper's own code over scikit-image 0.19's skeletonize.
  test.each([
    [half, bar, 8 / 11],
    [bar, half, 8 / 11],
    [fork, bar, 0.6],
    [bar, fork, 0.6],
  ])('as the paper’s code has it (%#)', (truth, predicted, expected) => {
    expect(centrelineDice(truth, predicted)).toBeCloseTo(expected, 12);
  });

  test('of nothing it has no value, of nothing beside something it is 0', async () => {
    const empty = mask('000', '000', '000');
    const dot = mask('000', '010', '000');
    expect(centrelineDice(empty, empty)).toBeNaN();
    expect(centrelineDice(empty, empty, { bothEmpty: 1 })).toBe(1);
    expect([centrelineDice(empty, dot), centrelineDice(dot, empty)]).toEqual([0, 0]);
    expect(centrelineDice(mask('100', '000', '000'), mask('000', '000', '001'))).toBe(0);
    const [a, b] = [tensor([[0, 1, 0]], [1, 3], 'int32'), tensor([[0, 1, 1]], [1, 3], 'int32')];
    expect(await centrelineDice(a, b)).toBeCloseTo(centrelineDice(mask('010'), mask('011')), 12);
    a.dispose();
    b.dispose();
  });

  test('volumes and misspelt options are refused by name', () => {
    const volume = { ...bar, depth: 1 };
    expect(() => centrelineDice(volume, volume)).toThrow(/volume|depth/);
    expect(() => centrelineDice(bar, bar, { methode: 'guo-hall' } as object)).toThrow(
      "'methode' is not an option; did you mean 'method'?",
    );
  });
});

describe('classCalibrationErrors', () => {
  const labels = { data: [0, 0, 0, 1, 2, 255], shape: [1, 6] };
  const probabilities = {
    data: [0.75, 0.25, 0, 0.75, 0.25, 0, 0.75, 0.25, 0, 0.75, 0.25, 0, 0.5, 0, 0.5, 0, 0, 1],
    shape: [1, 6, 3],
  };

  test('each class against how often it is there, by hand', () => {
    const errors = classCalibrationErrors(labels, probabilities, { bins: 4, ignoreIndex: 255 });
    // 0.75: 3 of 4 are there; 0.5: none of 1. 0.25: 1 of 4; 0: none of 1. 0: none of 4; 0.5: 1 of 1.
    expect(errors).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0, 12), expect.closeTo(0.1, 12)]);
    const largest = classCalibrationErrors(labels, probabilities, { bins: 4, ignoreIndex: 255, norm: 'max' });
    expect(largest[0]).toBeCloseTo(0.5, 12);
  });

  test('one channel is what expectedCalibrationError gives; of nothing there is no value', () => {
    const one = { data: [0.1, 0.9, 0.8, 0.3], shape: [1, 4, 1] };
    const truth = { data: [0, 1, 0, 1], shape: [1, 4] };
    expect(classCalibrationErrors(truth, one)).toEqual([expectedCalibrationError(truth, one)]);
    const nothing = { data: [255, 255], shape: [1, 2] };
    const flat = { data: [0.5, 0.5, 0.5, 0.5], shape: [1, 2, 2] };
    expect(classCalibrationErrors(nothing, flat, { ignoreIndex: 255 })).toEqual([Number.NaN, Number.NaN]);
  });

  test('labels of no class and probabilities that are none are refused', () => {
    const flat = { data: [0.5, 0.5, 0.5, 0.5], shape: [1, 2, 2] };
    expect(() => classCalibrationErrors({ data: [0, 7], shape: [1, 2] }, flat)).toThrow(
      /classCalibrationErrors: .*7/,
    );
    expect(() =>
      classCalibrationErrors({ data: [0, 1], shape: [1, 2] }, { ...flat, data: [0.5, 0.5, 2, 0.5] }),
    ).toThrow('probabilities (=2 at pixel 1) must be in [0, 1]');
  });
});

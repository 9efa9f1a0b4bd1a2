import type { Raster, SegscapeError } from '@segscape/core';
import * as losses from '@segscape/losses';
import { testBackend } from '@segscape/testing';
import { engine, fill, oneHot, ready, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { assertLabelValues } from '../../src/class-planes/label-values.js';
import { everyLoss, randomLabels, randomLogits } from '../every-loss.js';

const value = (x: Tensor) => x.dataSync()[0] as number;
const entries = Object.entries(everyLoss);
/** Losses of others name the inner one in their errors. */
const plain = entries.filter(([name]) => !/^(weightedSum|pixelWeighted)/.test(name));
await ready();
const onHost = ['cpu', 'wasm'].includes(testBackend());

function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

/** Labels of one sample of 2×3 with one odd value at [0, 1, 2]. */
const odd = (given: number, dtype: 'int32' | 'float32' = 'float32') =>
  tensor([0, 1, 0, 1, 0, given], [1, 2, 3], dtype);

describe.runIf(onHost)('impossible labels are refused', () => {
  const many = randomLogits([1, 2, 3, 3], 1);
  const one = randomLogits([1, 2, 3, 1], 2);

  test.each(entries)('class indices beside the classes, negative or broken: %s', (_, loss) => {
    for (const given of [3, 7, 255, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(errorOf(() => loss(odd(given), many)).code).toBe('MASK_VALUE_UNKNOWN');
    if (loss.pixelwise) expect(errorOf(() => loss.map(odd(7), many)).code).toBe('MASK_VALUE_UNKNOWN');
  });

  test.each(plain)('the message says the value, its place and how to mend it: %s', (_, loss) => {
    expect(errorOf(() => loss(odd(7, 'int32'), many)).message).toBe(
      `${loss.name}: label 7 at [0, 1, 2] is not one of the 3 classes 0…2. Map it to a class, or set ignoreIndex: 7 if it marks pixels that do not count.`,
    );
    expect(errorOf(() => loss(odd(0.5), many)).message).toBe(
      `${loss.name}: label 0.5 at [0, 1, 2] is no class index. Class indices are whole numbers; give soft labels a last axis of 3.`,
    );
  });

  test.each(plain)('one-hot and soft labels outside [0, 1]: %s', (_, loss) => {
    for (const given of [-0.1, 1.5, 255, Number.NaN]) {
      const soft = tidy(() => tensor([...new Array(17).fill(0), given], [1, 2, 3, 3]));
      const advice = Number.isInteger(given)
        ? `, or set ignoreIndex: ${given} if it marks pixels that do not count.`
        : '.';
      expect(errorOf(() => loss(soft, many)).message).toBe(
        `${loss.name}: label ${Math.fround(given)} at [0, 1, 2, 2] is not in [0, 1], as one-hot and soft labels are. Give class indices without the last axis${advice}`,
      );
    }
  });

  test('a mask of 0 and 255 beside one logit, which gave -254', () => {
    expect(errorOf(() => losses.binaryCrossEntropy()(odd(255), one)).message).toBe(
      'binaryCrossEntropy: label 255 at [0, 1, 2] is neither 0 nor 1, as labels of one logit are. Divide a mask of 0 and 255 by 255, or set ignoreIndex: 255 if it marks pixels that do not count.',
    );
    const plane = tensor([0, 1, 0, 1, 0, 255], [1, 2, 3, 1]);
    expect(errorOf(() => losses.dice()(plane, one)).message).toBe(
      'dice: label 255 at [0, 1, 2, 0] is not in [0, 1], as labels of one logit are. Divide a mask of 0 and 255 by 255, or set ignoreIndex: 255 if it marks pixels that do not count.',
    );
  });

  test('soft labels and ignored ones stay', () => {
    const soft = tensor([0.2, 0.8, 1, 0, 0.5, 0.5], [1, 2, 3, 1]);
    expect(Number.isFinite(value(losses.dice()(soft, one)))).toBe(true);
    const ignoring = losses.crossEntropy({ ignoreIndex: 255 });
    expect(Number.isFinite(value(ignoring(odd(255), many)))).toBe(true);
    expect(Number.isFinite(value(losses.crossEntropy({ ignoreIndex: -100 })(odd(-100), many)))).toBe(true);
    expect(errorOf(() => ignoring(odd(254), many)).code).toBe('MASK_VALUE_UNKNOWN');
  });

  test('labels of a wrong shape are still that', () => {
    expect(errorOf(() => losses.dice()(fill([1, 2, 2], 9), many)).code).toBe('SHAPE_MISMATCH');
  });

  test('a single impossible value anywhere is found', () =>
    fc.assert(
      fc.property(
        fc.nat(2 * 4 * 5 - 1),
        fc.oneof(fc.integer({ min: 3 }), fc.integer({ max: -1 })),
        (at, given) =>
          tidy(() => {
            const data = randomLabels([2, 4, 5], 3, at).dataSync().slice();
            data[at] = given;
            const error = errorOf(() =>
              losses.focal()(tensor(data, [2, 4, 5], 'int32'), randomLogits([2, 4, 5, 3], 1)),
            );
            const place = [Math.floor(at / 20), Math.floor(at / 5) % 4, at % 5].join(', ');
            expect(error.message).toContain(`label ${given | 0} at [${place}]`);
          }),
      ),
      { numRuns: 50 },
    ));
});

describe('prepare refuses masks that are no class indices', () => {
  const preparing = [
    losses.boundary({ classes: [1] }),
    losses.pixelWeighted(losses.crossEntropy(), losses.unetWeightMap()),
    losses.weightedSum([[losses.boundary({ classes: [1] }), 1]]),
  ];

  test.each(preparing)('$name', (loss) => {
    for (const given of [-1, 0.5, Number.NaN]) {
      const mask: Raster = { data: Float32Array.of(0, 1, 1, given), height: 2, width: 2, channels: 1 };
      const error = errorOf(() => loss.prepare?.(mask));
      expect(error.code).toBe('MASK_VALUE_UNKNOWN');
      expect(error.message).toMatch(/: mask value \S+ at \[1, 1\] is no class index\. Map it to a class/);
    }
  });
});

describe('ignoreIndex with one-hot labels is ignoreIndex with indices', () => {
  const ignoring = (ignoreIndex: number): losses.LossFn[] => [
    losses.crossEntropy({ ignoreIndex }),
    losses.focal({ ignoreIndex }),
    losses.dice({ ignoreIndex }),
    losses.generalizedDice({ ignoreIndex }),
    losses.lovasz({ ignoreIndex }),
    losses.mcc({ ignoreIndex }),
    losses.topK({ ignoreIndex, k: 50 }),
    losses.unifiedFocal({ ignoreIndex }),
    losses.clDice({ ignoreIndex }),
  ];
  const labels = randomLabels([2, 4, 5], 3, 3);
  const logits = randomLogits([2, 4, 5, 3], 4);

  test.each([0, 1, 2])('a class, %i', (ignoreIndex) => {
    for (const loss of ignoring(ignoreIndex)) {
      const got = loss(oneHot(labels as never, 3), logits);
      expect(got).toBeAllclose(loss(labels, logits), { abs: 2e-6, rel: 2e-5 });
      expect(value(got)).toBeGreaterThan(0.01);
    }
  });
});

describe('what one logit cannot have', () => {
  const labels = randomLabels([1, 2, 3], 2, 3);
  const logits = randomLogits([1, 2, 3, 1], 4);
  const factories = Object.entries(losses.lossSchemas).filter(([, { properties }]) =>
    JSON.stringify(properties?.activation?.enum ?? []).includes('softmax'),
  );

  test.each(factories)('softmax of one logit is refused, with the way out: %s', (name) => {
    expect(factories.length).toBeGreaterThanOrEqual(11);
    const words = losses.lossSchemas[name]?.properties?.activation?.enum as string[];
    for (const activation of words.filter((word) => ['softmax', 'logSoftmax'].includes(word)))
      expect(errorOf(() => losses.lossFromConfig({ name, activation })(labels, logits)).message).toBe(
        `${name}: activation (='${activation}') must be 'sigmoid' or left out for one logit per pixel, whose softmax is always 1.`,
      );
    const sum = losses.weightedSum([[losses.lossFromConfig({ name, activation: 'softmax' }), 1]]);
    expect(errorOf(() => sum(labels, logits)).code).toBe('BAD_OPTION');
  });

  test('nor two classes without the background', () => {
    const two = randomLogits([1, 2, 3, 2], 4);
    expect(errorOf(() => losses.focal({ includeBackground: false })(labels, two)).message).toBe(
      "focal: includeBackground (=false) must be true for the softmax of two classes, which is always 1 for one of them alone; or take activation: 'sigmoid'.",
    );
    expect(
      value(losses.focal({ includeBackground: false, activation: 'sigmoid' })(labels, two)),
    ).toBeGreaterThan(0);
  });
});

test.each(['segscape-trace', 'webgl', 'webgpu', 'tensorflow'])(
  'labels are not read where that stalls: %s',
  (name) => {
    const labels = odd(7);
    const read = vi.spyOn(labels, 'dataSync');
    const backend = vi.spyOn(engine(), 'backendName', 'get').mockReturnValue(name);
    assertLabelValues('dice', labels, randomLogits([1, 2, 3, 3], 1), undefined);
    backend.mockRestore();
    expect(read).not.toHaveBeenCalled();
  },
);

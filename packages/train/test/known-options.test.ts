import { describe, expect, test } from 'vitest';
import * as callbacks from '../src/callbacks.js';
import * as train from '../src/index.js';
import { clipByValue, parameterGroups } from '../src/optimizers.js';

const none = (async function* () {})();
const optimizer = train.sgd({ learningRate: 0.1 });
const odd = { mispelt: 1 };

/** Calls with an option that there is not; what they compute is not looked at, for they are refused before. */
const calls: Readonly<Record<string, () => unknown>> = {
  adam: () => train.adam(odd as never),
  adamW: () => train.adamW(odd as never),
  rmsprop: () => train.rmsprop(odd as never),
  sgd: () => train.sgd({ learningRate: 1, ...odd } as never),
  clipByGlobalNorm: () => train.clipByGlobalNorm(optimizer, { maxNorm: 1, ...odd }),
  clipByValue: () => clipByValue(optimizer, { maxValue: 1, ...odd }),
  parameterGroups: () => parameterGroups({ groupOf: () => 'a', optimizers: { a: optimizer }, ...odd }),
  fit: () => train.fit({ epochs: 1, ...odd } as never),
  followImage: () => train.followImage(odd as never),
  trainStep: () => train.trainStep(odd as never),
  csvLogger: () => callbacks.csvLogger(none, () => {}, odd as never),
  earlyStopping: () => callbacks.earlyStopping(none, { patience: 1, ...odd } as never),
  progressBar: () => callbacks.progressBar(none, () => {}, odd as never),
  reduceOnPlateau: () => callbacks.reduceOnPlateau(() => none, { learningRate: 1, ...odd } as never),
  saveBest: () => callbacks.saveBest(none, () => {}, odd as never),
};

describe('an option that a function does not have', () => {
  test.each(Object.keys(calls))('%s refuses it by name', async (name) => {
    const given = async () => {
      const result = calls[name]!();
      if (result && typeof result === 'object' && Symbol.asyncIterator in result)
        for await (const _ of result as AsyncIterable<unknown>) break;
    };
    await expect(given()).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(new RegExp(`^${name}: .*mispelt.* is not an option`)),
    });
  });
  test('what chooses the best epoch, too', async () => {
    const given = async () => {
      const select = { measure: 'loss', mesure: 'iou' };
      for await (const _ of train.fit({ epochs: 1, select } as never)) break;
    };
    await expect(given()).rejects.toThrow("fit: select: 'mesure' is not an option; did you mean 'measure'?");
  });
});

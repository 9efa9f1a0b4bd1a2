import { parseStudyConfig, studyRegistry } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { optimizerOf } from '../src/plan/optimizer.js';

/** The rates of a training of 10 steps at some of them. */
function rates(schedule: object | string, at: readonly number[]): number[] {
  const config = parseStudyConfig({
    training: { optimizer: { kind: 'sgd', learningRate: 0.1, schedule } },
  });
  const optimizer = optimizerOf(config, studyRegistry, 10);
  const { rate } = optimizer as unknown as { rate(state: object): { dataSync(): Float32Array } };
  return at.map((step) => tidy(() => rate({ ...optimizer.init({}), step: scalar(step) }).dataSync()[0]!));
}
const close = (found: readonly number[], expected: readonly number[]) => {
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 6);
};

describe('a config names every schedule', () => {
  test('each goes from the learning rate', () =>
    expectTensors(0, () => {
      close(rates('cosine', [0, 5, 10]), [0.1, 0.05, 0]);
      close(rates({ kind: 'multiStep', milestones: [2, 4] }, [0, 2, 5]), [0.1, 0.01, 0.001]);
      close(rates({ kind: 'exponential', factor: 0.5 }, [0, 1, 3]), [0.1, 0.05, 0.0125]);
      // Periods of its own, whatever the training's length.
      close(rates({ kind: 'cosineRestarts', steps: 4 }, [0, 2, 4, 6]), [0.1, 0.05, 0.1, 0.05]);
      close(rates({ kind: 'cyclic', low: 0.02, up: 2 }, [0, 1, 2, 4]), [0.02, 0.06, 0.1, 0.02]);
    }));
  test('what the study knows itself is not asked for', () => {
    const bad = (schedule: object) => () => rates(schedule, [0]);
    expect(bad({ kind: 'cosine', steps: 5 })).toThrow("unknown key 'training.optimizer.schedule.steps'");
    expect(bad({ kind: 'cyclic', low: 0, up: 2, high: 1 })).toThrow('high');
    expect(bad({ kind: 'cosin' })).toThrow("Did you mean 'cosine'?");
  });
});

import { expect, test } from 'vitest';
import given from './fixtures/trajectories.json' with { type: 'json' };
import { distance, optimizers, type Trajectories } from './fixtures/trajectory-problem.js';

const told: Trajectories = given;

test.each(Object.entries(optimizers))(
  `%s: 100 steps are PyTorch ${told.version}’s in double precision, to 1e-6 or what its single precision keeps`,
  (name, optimizer) => {
    const path = told.cases[name]!;
    expect(distance(optimizer, told, path)).toBeLessThan(Math.max(1e-6, 2 * path.single));
  },
);

test('a path of another rule is told apart', () => {
  const path = told.cases['sgd momentum']!;
  expect(distance(optimizers['sgd nesterov decay']!, told, path)).toBeGreaterThan(1e-3);
});

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { distance, optimizers, type Trajectories } from '../../train/test/fixtures/trajectory-problem.js';
import { lacks, printed } from './peers/python.js';

const missing = lacks('torch', 'numpy');
const script = fileURLToPath(new URL('../../train/test/fixtures/trajectories.py', import.meta.url));

/** As train's own test has it from what was recorded, with the PyTorch that is here. */
describe.skipIf(missing)(`100 steps of this machine’s PyTorch${missing && `: ${missing}`}`, () => {
  let told: Trajectories;
  beforeAll(() => {
    told = JSON.parse(printed(script)) as Trajectories;
  });

  test.each(Object.keys(optimizers))('%s', (name) => {
    const path = told.cases[name]!;
    expect(distance(optimizers[name]!, told, path)).toBeLessThan(Math.max(1e-6, 2 * path.single));
  });
});

import { describe, test } from 'vitest';
import { expectAsOnCpu, onWebgl, wave } from './as-on-cpu.js';

onWebgl();

const shapes = [
  [1, 64, 64, 1],
  [3, 37, 51, 5],
  [2, 65, 1, 64],
  [4999, 3],
  [2, 3, 4, 5, 71],
  [66_000, 2],
];

describe.each(['Sum', 'Mean'])('%s of each channel is on WebGL what it is on cpu', (kernel) => {
  test.each(shapes.map((shape) => ({ shape })))('$shape', async ({ shape }) => {
    const axis = shape.slice(1).map((_, i) => i);
    for (const keepDims of [false, true])
      await expectAsOnCpu(kernel, () => ({ x: wave(shape, 3) }), { axis, keepDims });
  });

  test('other axes, and axes counted from the end', async () => {
    await expectAsOnCpu(kernel, () => ({ x: wave([9, 40, 31], 1) }), { axis: [-2, -3], keepDims: false });
    for (const axis of [[0], [1, 2], [0, 1, 2]])
      await expectAsOnCpu(kernel, () => ({ x: wave([9, 40, 31], 1) }), { axis, keepDims: false });
  });
});

import { planNetwork } from '@segscape/models';
import { describe, expect, test } from 'vitest';
import recorded from './fixtures/nnunet-plans.json' with { type: 'json' };

describe('planNetwork, by nnU-Net’s rules', () => {
  test('40×56×40 of equal spacing (Hippocampus): 40, 20, 10, 5 and 56, 28, 14, 7; three halvings', () => {
    expect(planNetwork({ patchSize: [40, 56, 40], spacing: [1, 1, 1] })).toEqual({
      spatial: 3,
      patchSize: [40, 56, 40],
      multiples: [8, 8, 8],
      poolings: [3, 3, 3],
      channels: [32, 64, 128, 256],
      strides: [
        [1, 1, 1],
        [2, 2, 2],
        [2, 2, 2],
        [2, 2, 2],
      ],
      kernelSizes: [
        [3, 3, 3],
        [3, 3, 3],
        [3, 3, 3],
        [3, 3, 3],
      ],
    });
  });

  test('20×320×256 of 3.6×0.625×0.625 (Prostate): the slices wait until 2.5 is within a factor of 2 of 3.6', () => {
    const plan = planNetwork({ patchSize: [20, 320, 256], spacing: [3.6, 0.625, 0.625] });
    // Rows 320, 160, 80, 40, 20, 10, 5; columns 256 … 4; slices 20, 20, 20, 10, 5 and no further.
    expect(plan.strides).toEqual([
      [1, 1, 1],
      [1, 2, 2],
      [1, 2, 2],
      [2, 2, 2],
      [2, 2, 2],
      [1, 2, 2],
      [1, 2, 2],
    ]);
    expect(plan.kernelSizes).toEqual([[1, 3, 3], [1, 3, 3], ...Array(5).fill([3, 3, 3])]);
    expect(plan.poolings).toEqual([2, 6, 6]);
    expect(plan.channels).toEqual([32, 64, 128, 256, 320, 320, 320]);
  });

  test('512×512: seven halvings down to 4, channels up to 512', () => {
    const { poolings, channels } = planNetwork({ patchSize: [512, 512] });
    expect(poolings).toEqual([7, 7]);
    expect(channels).toEqual([32, 64, 128, 256, 512, 512, 512, 512]);
  });

  test('13×64: 13 is halved once, and padded to 14; the other alone goes on only from 12 pixels', () => {
    const plan = planNetwork({ patchSize: [13, 64] });
    expect([plan.poolings, plan.patchSize, plan.multiples]).toEqual([
      [1, 3],
      [14, 64],
      [2, 8],
    ]);
  });

  test('a spacing of exactly twice the finest is coarse still, for strides and kernels', () => {
    const { strides, kernelSizes } = planNetwork({ patchSize: [32, 32], spacing: [2, 1] });
    expect([strides.slice(0, 3), kernelSizes[0], kernelSizes[1]]).toEqual([
      [
        [1, 1],
        [1, 2],
        [2, 2],
      ],
      [1, 3],
      [3, 3],
    ]);
    expect(planNetwork({ patchSize: [32, 32], spacing: [1.99, 1] }).strides[1]).toEqual([2, 2]);
  });

  test('a patch too small to halve is one level', () => {
    expect(planNetwork({ patchSize: [7, 7] })).toMatchObject({
      channels: [32],
      strides: [[1, 1]],
      kernelSizes: [[3, 3]],
    });
  });

  test('channels and their bound may be given', () => {
    expect(planNetwork({ patchSize: [64, 64], baseChannels: 10, maxChannels: 30 }).channels).toEqual([
      10, 20, 30, 30, 30,
    ]);
  });

  test('what is wrong is named', () => {
    expect(() => planNetwork({ patchSize: [64] })).toThrow('planNetwork: patchSize');
    expect(() => planNetwork({ patchSize: [64, 64], spacing: [1, 0] })).toThrow(
      'planNetwork: spacing[1] (=0) must be positive',
    );
    expect(() => planNetwork({ patchSise: [64, 64] } as object)).toThrow("did you mean 'patchSize'?");
  });
});

test.each(recorded)('$given.patchSize of $given.spacing, as nnU-Net itself plans', ({ given, plan }) => {
  expect(planNetwork(given)).toMatchObject(plan);
});

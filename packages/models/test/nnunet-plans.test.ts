import { dynamicUnet, type NnunetPlans, nnunetOptions, planNetwork } from '@segscape/models';
import { describe, expect, test } from 'vitest';

const kwargs = {
  features_per_stage: [4, 8],
  kernel_sizes: [
    [1, 3, 3],
    [3, 3, 3],
  ],
  strides: [
    [1, 1, 1],
    [1, 2, 2],
  ],
};

const outline = { strides: kwargs.strides, kernelSizes: kwargs.kernel_sizes, channels: [4, 8] };

describe('nnunetOptions reads plans.json', () => {
  test('of a residual encoder, its blocks in place of convolutions; what is inherited is found', () => {
    const plans: NnunetPlans = {
      configurations: {
        '3d_fullres': {
          architecture: {
            network_class_name: 'dynamic_network_architectures.architectures.unet.ResidualEncoderUNet',
            arch_kwargs: { ...kwargs, n_blocks_per_stage: [1, 3], n_conv_per_stage_decoder: [1] },
          },
        },
        '3d_cascade': { inherits_from: '3d_fullres' },
      },
    };
    const options = nnunetOptions(plans, '3d_cascade');
    expect(options).toEqual({ encoder: 'residual', ...outline, blocks: [1, 3], decoderConvolutions: [1] });
    const { shapes } = dynamicUnet(options);
    expect(shapes['encoder.1.block.2.conv.1.kernel']).toEqual([3, 3, 3, 8, 8]);
    expect(shapes['decoder.0.up.kernel']).toEqual([1, 2, 2, 4, 8]);
  });

  test('of before version 2.4: channels double up to the bound that stands there', () => {
    const plans: NnunetPlans = {
      configurations: {
        '2d': {
          UNet_class_name: 'PlainConvUNet',
          UNet_base_num_features: 32,
          unet_max_num_features: 48,
          n_conv_per_stage_encoder: [2, 2],
          n_conv_per_stage_decoder: [2],
          pool_op_kernel_sizes: [
            [1, 1],
            [2, 2],
          ],
          conv_kernel_sizes: [
            [3, 3],
            [3, 3],
          ],
        },
      },
    };
    expect(nnunetOptions(plans, '2d')).toMatchObject({
      encoder: 'plain',
      channels: [32, 48],
      convolutions: [2, 2],
      decoderConvolutions: [2],
    });
  });

  test.each([
    ['3d_lowres', "there is no configuration '3d_lowres', expected one of 2d, loop."],
    ['2d', "configuration '2d' has the network 'SwinUNETR', expected PlainConvUNet or ResidualEncoderUNet."],
    ['loop', "there is no configuration 'loop', expected one of 2d, loop."],
  ])('%s is refused', (name, what) => {
    const plans = {
      configurations: { '2d': { UNet_class_name: 'SwinUNETR' }, loop: { inherits_from: 'loop' } },
    };
    expect(() => nnunetOptions(plans, name)).toThrow(
      `nnunetOptions: ${what} Give nnU-Net's own plans.json, version 2.`,
    );
  });
});

describe('an outline that is given', () => {
  const strides = [
    [1, 1],
    [2, 3],
  ];

  test('says what images must be multiples of; kernels are 3×3, the rest is planned', () => {
    expect(planNetwork({ strides })).toEqual({
      spatial: 2,
      patchSize: [256, 258],
      multiples: [2, 3],
      poolings: [1, 1],
      channels: [32, 64],
      strides,
      kernelSizes: [
        [3, 3],
        [3, 3],
      ],
    });
    expect(() => dynamicUnet({ strides, channels: [2, 4] }).outputSize([8, 8])).toThrow(
      'dynamicUnet: images of 8×8 do not fit; multiples of 2×3 are needed: pad to 8×9.',
    );
  });

  test.each([
    [{ strides, spacing: [1, 2] }, 'spacing (=[1,2]) must be left out where strides are given.'],
    [{ strides: [[2, 2]] }, "strides[0] (=[2,2]) must be of 1: the first level has the images' size."],
    [
      {
        strides: [
          [1, 1],
          [2, 2, 2],
        ],
      },
      'strides (=[[1,1],[2,2,2]]) must have 2 axes at each level.',
    ],
    [{ strides, channels: [4] }, 'channels (=[4]) must have one entry for each of the 2 levels.'],
    [
      { patchSize: [16, 16], kernelSizes: [[3, 3]] },
      'kernelSizes (=[[3,3]]) must have one entry for each of the 3 levels.',
    ],
    [
      {
        strides,
        kernelSizes: [
          [3, 3],
          [2, 3],
        ],
      },
      'kernelSizes (=[[3,3],[2,3]]) must have 2 odd edges for each level.',
    ],
  ])('%o is refused in words', (options, message) => {
    expect(() => dynamicUnet(options)).toThrow(`dynamicUnet: ${message}`);
  });
});

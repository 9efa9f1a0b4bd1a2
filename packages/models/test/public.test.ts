import * as models from '@segscape/models';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(models).sort()).toMatchInlineSnapshot(`
    [
      "activation",
      "attentionGate",
      "attentionUnet",
      "attentionUnetSchema",
      "centreCrop",
      "convolution",
      "countParams",
      "defineModel",
      "dropout",
      "fromTorch",
      "modelFromConfig",
      "modelSchemas",
      "nestedUnet",
      "nestedUnetSchema",
      "normalization",
      "parameter",
      "plainBlock",
      "pooling",
      "residualBlock",
      "residualUnet",
      "residualUnetSchema",
      "sequence",
      "sizesOf",
      "stage",
      "toTorch",
      "unet",
      "unet3d",
      "unet3dSchema",
      "unetSchema",
      "unit",
      "upsampling",
    ]
  `);
});

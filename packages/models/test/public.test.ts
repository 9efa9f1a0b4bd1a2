import * as models from '@segscape/models';
import { expect, test } from 'vitest';

test('the public names are these', () => {
  expect(Object.keys(models).sort()).toMatchInlineSnapshot(`
    [
      "attentionUnet",
      "centreCrop",
      "countParams",
      "fromTorch",
      "modelFromConfig",
      "nestedUnet",
      "residualUnet",
      "toTorch",
      "unet",
      "unet3d",
    ]
  `);
});

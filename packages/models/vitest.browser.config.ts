import { mergeConfig } from 'vitest/config';
import { browserTests } from '../testing/vitest.browser.ts';

const tests = browserTests([
  'test/torch/public-networks.test.ts',
  'test/torch-file/read-torch.test.ts',
  'test/torch/monai-networks.test.ts',
  'test/planned.test.ts',
  'test/odd-arguments.test.ts',
  'test/onnx/node-cases.test.ts',
  'test/onnx/onnx-model.test.ts',
  'test/onnx/settings.test.ts',
  'test/onnx/torch-export.test.ts',
  'test/onnx/volumes.test.ts',
]);

export default mergeConfig(tests, { optimizeDeps: { include: ['@bufbuild/protobuf/wire'] } });

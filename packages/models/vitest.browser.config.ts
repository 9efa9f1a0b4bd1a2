import { browserTests } from '../testing/vitest.browser.ts';

export default browserTests([
  'test/torch-networks.test.ts',
  'test/torch-file.test.ts',
  'test/torch-public.test.ts',
  'test/planned.test.ts',
  'test/onnx/onnx-model.test.ts',
  'test/onnx/torch-export.test.ts',
]);

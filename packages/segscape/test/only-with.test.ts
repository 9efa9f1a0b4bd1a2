import { expect, test } from 'vitest';
import { exportModel } from '../src/commands/export.js';
import { figures } from '../src/commands/figures.js';
import { openSegmenter } from '../src/predict/open-segmenter.js';

test.each<[string, () => Promise<unknown>, string]>([
  [
    'a network for tables',
    () => exportModel('run', { csv: 'tables', loss: 'dice' }),
    'export: --loss is for a network (--onnx, --bioimageio), which is not asked for. Leave it out.',
  ],
  [
    'an author of an ONNX model',
    () => exportModel('run', { onnx: 'net.onnx', author: ['A'] }),
    'export: --author is for a package (--bioimageio), which is not asked for. Leave it out.',
  ],
  [
    'channels of a package',
    () => exportModel('run', { bioimageio: 'net', channels: 'first' }),
    'export: --channels is for an ONNX model (--onnx), which is not asked for. Leave it out.',
  ],
  [
    'pixels of vectors',
    () => figures('run', { format: 'pdf', scale: 3 }),
    'figures: --scale is for pixels (--format png), which is not asked for. Leave it out.',
  ],
  [
    'a seed of all',
    () => openSegmenter('run', { ensemble: 'seeds', seed: 1 }, {}),
    'predict: --seed is for one seed, which is not asked for. Leave it out.',
  ],
  [
    'a loss of all',
    () => openSegmenter('run', { ensemble: 'all', loss: 'dice' }, {}),
    'predict: --loss is for one loss, which is not asked for. Leave it out.',
  ],
])('%s is refused, before anything is read', async (_, action, message) => {
  await expect(action()).rejects.toThrow(message);
});

import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { history, checkpoint, problems } = await runReadme(new URL('..', import.meta.url));
  expect(history).toEqual([
    { loss: 'dice', seed: 0, fold: 0, epoch: 1, split: 'train', measure: 'loss', value: 0.4 },
    { loss: 'dice', seed: 0, fold: 0, epoch: 1, split: 'test', measure: 'iou.disc', value: 0.7 },
  ]);
  expect(checkpoint).toMatchObject({ metadata: { epoch: 1 }, tensors: { kernel: { shape: [2] } } });
  expect(problems).toEqual([]);
});

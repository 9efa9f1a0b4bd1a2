import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Runs the example of the README as a module and gives what it exports. */
async function runExample(): Promise<Record<string, unknown>> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}/README.md`, 'utf8'))?.[1];
  if (code === undefined) throw new Error('README.md has no ts block.');
  mkdirSync(`${root}/node_modules/.readme`, { recursive: true });
  const file = `${root}/node_modules/.readme/example.mts`;
  writeFileSync(file, code);
  return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
}

test('the example of the README runs', async () => {
  const { history, checkpoint, problems } = await runExample();
  expect(history).toEqual([
    { loss: 'dice', seed: 0, fold: 0, epoch: 1, split: 'train', measure: 'loss', value: 0.4 },
    { loss: 'dice', seed: 0, fold: 0, epoch: 1, split: 'test', measure: 'iou.disc', value: 0.7 },
  ]);
  expect(checkpoint).toMatchObject({ metadata: { epoch: 1 }, tensors: { kernel: { shape: [2] } } });
  expect(problems).toEqual([]);
});

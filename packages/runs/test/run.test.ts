import { isSegscapeError, type Storage } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createRun, memoryStorage, openRun, subStorage } from '../src/index.js';

const epoch = (n: number, value: number) => ({
  loss: 'ce 1:3',
  seed: 0,
  epoch: n,
  measures: { train: { loss: value }, test: { loss: value * 2, 'iou.disc': 0.5 } },
});

const code = async (action: Promise<unknown>) => {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isSegscapeError(error) ? error.code : error;
};

describe('a run', () => {
  test('is created once, and opened again with its config', async () => {
    const storage = memoryStorage();
    await createRun(storage, { epochs: 3, losses: ['dice'] });
    expect((await openRun(storage)).config).toEqual({ epochs: 3, losses: ['dice'] });
    expect(await code(createRun(storage, {}))).toBe('NOT_WRITABLE');
    expect(await code(openRun(memoryStorage()))).toBe('NOT_FOUND');
  });

  test('keeps the text of a config word for word', async () => {
    const storage = memoryStorage();
    await createRun(storage, '# mine\nepochs: 3\n');
    expect(new TextDecoder().decode(await storage.read('config.yaml'))).toBe('# mine\nepochs: 3\n');
    expect(await code(createRun(memoryStorage(), 'a: [1'))).toBe('BAD_CONFIG');
  });

  test('records one line a number, and gives the rows back', async () => {
    const run = await createRun(memoryStorage(), {});
    await run.recordEpoch(epoch(1, 0.5));
    const text = new TextDecoder().decode(await run.storage.read('history.csv'));
    expect(text).toBe(
      'loss,seed,fold,epoch,split,measure,value\nce 1:3,0,0,1,train,loss,0.5\nce 1:3,0,0,1,test,loss,1\nce 1:3,0,0,1,test,iou.disc,0.5\n',
    );
    expect(await run.history({ seed: 0 })).toHaveLength(3);
    expect(await run.history({ seed: 1 })).toHaveLength(0);
  });

  test('a comma and a quote in a name survive; a line break is refused', async () => {
    const run = await createRun(memoryStorage(), {});
    await run.recordEpoch({ ...epoch(1, Number.NaN), loss: 'a,"b"' });
    expect((await run.history())[0]).toMatchObject({ loss: 'a,"b"', value: Number.NaN });
    expect(await code(run.recordEpoch({ ...epoch(1, 1), loss: 'a\nb' }))).toBe('BAD_OPTION');
  });

  test('a torn last line is not read, and mended by the next append', async () => {
    const storage = memoryStorage();
    await (await createRun(storage, {})).recordEpoch(epoch(1, 0.5));
    await storage.append('history.csv', 'ce 1:3,0,0,2,trai');
    const run = await openRun(storage);
    expect(await run.history()).toHaveLength(3);
    await run.recordEpoch(epoch(2, 0.25));
    expect((await run.history()).map((row) => row.value)).toEqual([0.5, 1, 0.5, 0.25, 0.5, 0.5]);
  });

  test('an epoch recorded twice counts once; rewind forgets later epochs of that training only', async () => {
    const run = await createRun(memoryStorage(), {});
    for (const n of [1, 2, 3]) await run.recordEpoch(epoch(n, n));
    await run.recordEpoch(epoch(3, 30));
    await run.recordEpoch({ ...epoch(3, 7), seed: 1 });
    expect(
      (await run.history({ seed: 0 })).filter((row) => row.split === 'train').map((row) => row.value),
    ).toEqual([1, 2, 30]);
    await run.rewind({ loss: 'ce 1:3', seed: 0, epoch: 1 });
    expect((await run.history({ seed: 0 })).map((row) => row.epoch)).toEqual([1, 1, 1]);
    expect(await run.history({ seed: 1 })).toHaveLength(3);
  });

  test('a damaged history names its line', async () => {
    const storage = memoryStorage();
    await createRun(storage, {});
    await storage.write(
      'history.csv',
      'loss,seed,fold,epoch,split,measure,value\nce,0,0,1,train,loss,0.5\nce,0\n',
    );
    await expect((await openRun(storage)).history()).rejects.toThrow('history.csv, line 3: expected 7 cells');
  });
});

describe('checkpoints', () => {
  const tensors = () => ({ kernel: tensor([1, 2, 3, 4], [2, 2]), step: tensor(3, [], 'int32') });

  test('come back with their metadata, and leave no tensors', async () => {
    const run = await createRun(memoryStorage(), {});
    const params = tensors();
    await expectTensors(0, () => run.saveCheckpoint('ce/seed-0/latest', params, { epoch: 3, note: 'x' }));
    expect(await run.checkpoints()).toEqual(['ce/seed-0/latest']);
    expect(await run.checkpoints('ce/seed-0')).toEqual(['ce/seed-0/latest']);
    const { tensors: plain, metadata } = await run.loadCheckpoint('ce/seed-0/latest');
    expect(metadata).toEqual({ epoch: 3, note: 'x' });
    const back = toParams(plain);
    expect(back.kernel).toBeAllclose(params.kernel, { abs: 0, rel: 0 });
    dispose([back, params]);
    expect(await code(run.loadCheckpoint('other'))).toBe('NOT_FOUND');
  });

  test('every flipped byte and every truncation is named, and never used', async () => {
    const run = await createRun(memoryStorage(), {});
    const params = tensors();
    await run.saveCheckpoint('latest', params, { epoch: 3 });
    dispose(params);
    const path = 'checkpoints/latest.safetensors';
    const sound = await run.storage.read(path);
    for (let i = 0; i < sound.length; i++) {
      const damaged = sound.slice();
      damaged[i]! ^= 0x04;
      await run.storage.write(path, damaged);
      expect(await code(run.loadCheckpoint('latest')), `byte ${i}`).toBe('CORRUPT_CHECKPOINT');
      await run.storage.write(path, sound.slice(0, i));
      expect(await code(run.loadCheckpoint('latest')), `length ${i}`).toBe('CORRUPT_CHECKPOINT');
    }
    await expect(run.loadCheckpoint('latest')).rejects.toThrow("'checkpoints/latest.safetensors' is damaged");
    expect((await run.validate()).map((problem) => problem.path)).toEqual([path]);
  });
});

test('landscapes and maps are bytes under their folders', async () => {
  const run = await createRun(memoryStorage(), {});
  await run.writeLandscape('ce/end', Uint8Array.of(1, 2));
  await run.writeMap('ce/0', Uint8Array.of(3));
  expect(await run.landscapes()).toEqual(['ce/end']);
  expect(await run.maps()).toEqual(['ce/0']);
  expect([...(await run.readLandscape('ce/end'))]).toEqual([1, 2]);
  expect((await run.validate()).map(({ path, code }) => [path, code])).toEqual([
    ['landscapes/ce/end.h5', 'CORRUPT_FILE'],
    ['maps/ce/0.png', 'CORRUPT_FILE'],
  ]);
});

test('runs lie side by side in folders of one storage', async () => {
  const storage = memoryStorage();
  const first = subStorage(storage, 'ce/seed-0');
  await createRun(first, { a: 1 });
  await createRun(subStorage(storage, 'ce/seed-1'), { a: 2 });
  const files = ['config.yaml', 'manifest.json', 'manifest.sha256'];
  expect(await storage.list('')).toEqual(
    ['ce/seed-0', 'ce/seed-1'].flatMap((folder) => files.map((file) => `${folder}/${file}`)),
  );
  expect(await first.list('')).toEqual(files);
  expect((await openRun(subStorage(storage, 'ce/seed-1'))).config).toEqual({ a: 2 });
});

test('a failing storage fails the call, and what was there stays', async () => {
  const storage = memoryStorage();
  const run = await createRun(storage, {});
  await run.recordEpoch(epoch(1, 1));
  const full: Storage = { ...storage, append: async () => Promise.reject(new Error('full')) };
  await expect((await openRun(full)).recordEpoch(epoch(2, 1))).rejects.toThrow('full');
  expect(await run.history()).toHaveLength(3);
});

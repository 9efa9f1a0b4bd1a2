import { KernelBackend, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { assertDevice, deviceIsLost, forgetLostDevice, untilLost } from '../src/study/lost-device.js';

/** A backend on a device that can be taken away, as TensorFlow.js's WebGPU backend stands on one. */
class OnDevice extends KernelBackend {
  take = () => {};
  readonly device = {
    lost: new Promise<unknown>((resolve) => (this.take = () => resolve({ reason: 'unknown' }))),
  };
  override floatPrecision = () => 32 as const;
  override epsilon = () => 1e-7;
  override dispose() {}
}

const made: OnDevice[] = [];
const never = () => new Promise<string>(() => undefined);

async function onDevice() {
  registerBackend('webgpu', () => {
    made.push(new OnDevice());
    return made.at(-1)!;
  });
  await setBackend('webgpu');
  return made.at(-1)!;
}

afterEach(async () => {
  await setBackend('cpu');
  removeBackend('webgpu');
});

describe('a WebGPU device that is taken away', () => {
  test('ends what waits for it', async () => {
    const { take } = await onDevice();
    const waiting = untilLost(never);
    take();
    await expect(waiting).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(deviceIsLost()).toBe(true);
    expect(assertDevice).toThrow(/took its context back/);
    await expect(untilLost(async () => 'more')).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  test('is put aside, and another is made', async () => {
    const { take } = await onDevice();
    expect(deviceIsLost()).toBe(false);
    take();
    await expect.poll(deviceIsLost).toBe(true);
    forgetLostDevice();
    await setBackend('webgpu');
    expect(deviceIsLost()).toBe(false);
    expect(await untilLost(async () => 'done')).toBe('done');
  });

  test('after the work is done it is nobody’s error', async () => {
    const { take } = await onDevice();
    expect(await untilLost(async () => 'done')).toBe('done');
    take();
    await expect.poll(deviceIsLost).toBe(true);
  });
});

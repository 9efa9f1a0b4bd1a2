import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../scripts/bundle.mjs';
import { vulkanEnvironment } from '../src/runner/vulkan.js';
import { job } from '../src/study-job/job.js';
import { jobInChromium, jobInNode } from '../src/study-job/places.js';

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const hasDriver = Object.hasOwn({ ...process.env, ...vulkanEnvironment() }, 'VK_ICD_FILENAMES');

describe('a small demo ends with the losses that it has in ONNX Runtime, to 1e-3', () => {
  let expected: Record<string, number>;
  const inNode = () => bundleEntry('study-job/node-worker', 'node, engine outside');

  /** Parts of the data: the mean over the last epoch's steps, train and test. */
  const count = job.losses.length * 3;

  function expectSame(got: Record<string, number>): void {
    expect(Object.keys(got)).toHaveLength(count);
    for (const [name, value] of Object.entries(expected))
      expect(
        Math.abs(got[name]! - value) / Math.abs(value),
        `${name}: ${got[name]} for ${value}`,
      ).toBeLessThan(1e-3);
  }

  beforeAll(async () => {
    expected = await jobInNode(await inNode(), { backend: 'cpu', executor: 'onnxruntime' });
    expect(Object.keys(expected)).toHaveLength(count);
  });

  test('on wasm', async () => {
    expectSame(await jobInNode(await inNode(), { backend: 'wasm', executor: 'eager' }));
  });

  test.skipIf(!hasDriver)(`on WebGPU in Node${hasDriver ? '' : ' (skipped: no Vulkan driver)'}`, async () => {
    expectSame(await jobInNode(await inNode(), { backend: 'webgpu', executor: 'eager' }));
  });

  test.skipIf(!existsSync(chromium))(
    `on WebGL in Chromium${existsSync(chromium) ? '' : ' (skipped: no Chromium)'}`,
    async () => {
      const script = await bundleEntry('study-job/browser-entry', 'browser');
      expectSame(await jobInChromium(script, { backend: 'webgl', executor: 'eager' }));
    },
  );
});

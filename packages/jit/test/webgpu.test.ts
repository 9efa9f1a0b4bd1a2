import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JitOptions, jit } from '@segscape/jit';
import { add, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const chromium = dirname(process.env.CHROMIUM_PATH ?? '/usr/lib/chromium/chromium');
const swiftshader = join(chromium, 'vk_swiftshader_icd.json');
const hasDriver = process.env.VK_ICD_FILENAMES !== undefined || existsSync(swiftshader);

const withDriver = {
  VK_ICD_FILENAMES: swiftshader,
  LD_LIBRARY_PATH: chromium,
  XDG_RUNTIME_DIR: tmpdir(),
  ...process.env,
};
const { VK_ICD_FILENAMES: _, ...rest } = process.env;
const withoutDriver = { ...rest, LD_LIBRARY_PATH: '', VK_DRIVER_FILES: '/no/driver.json' };

/** Runs files of `test/webgpu` in a process of its own, since drivers are found when a process starts. */
function inProcess(
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; text: string }> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--config', 'vitest.webgpu.ts', ...files.map((file) => `test/webgpu/${file}.gpu.ts`)],
    { cwd: root, env: { ...env, NO_COLOR: '1' } },
  );
  let text = '';
  const collect = (part: Buffer) => {
    text += part;
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve) => void child.on('close', (code) => resolve({ code, text })));
}

describe("device 'webgpu'", () => {
  test.skipIf(!hasDriver)(
    hasDriver
      ? 'trains a U-Net, has every loss and runs every rule with no operation on the CPU'
      : 'trains a U-Net (no Vulkan driver)',
    async () => {
      const { code, text } = await inProcess(['training', 'losses', 'properties'], withDriver);
      expect(code, text).toBe(0);
      process.stdout.write(`${/webgpu: .*/.exec(text)?.[0]}\n`);
    },
  );

  test.skipIf(process.platform !== 'linux')('without a driver says what is missing', async () => {
    const { code, text } = await inProcess(['no-driver'], withoutDriver);
    expect(code, text).toBe(0);
  });
});

describe('a device that the build has not', () => {
  const call = (device: JitOptions['device'] & string) =>
    jit((x: Tensor) => add(x, 1), { executor: 'onnxruntime', device })(tensor1d([1]));

  test.skipIf(process.platform === 'win32')('dml: names it, what there is, and the remedy', async () => {
    await expect(call('dml')).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(
        /^jit: device 'dml' is not available here \(this build of onnxruntime-node knows: cpu, .*\)\. It needs Windows.*; or use device: 'cpu'\./,
      ),
    });
  });

  test.skipIf(process.platform === 'darwin')('coreml', async () => {
    await expect(call('coreml')).rejects.toThrow(/device 'coreml' is not available here .* It needs macOS/);
  });

  test.skipIf(existsSync('/proc/driver/nvidia'))('cuda', async () => {
    await expect(call('cuda')).rejects.toThrow(/device 'cuda' is not available here .* NVIDIA .* CUDA 12/);
  });

  test("'auto' goes eager and tells why", async () => {
    const reasons: string[] = [];
    const device = process.platform === 'darwin' ? 'dml' : 'coreml';
    const fn = jit((x: Tensor) => add(x, 1), { device, onFallback: ({ message }) => reasons.push(message) });
    expect(await fn(tensor1d([1]))).toBeAllclose([2]);
    expect(reasons).toEqual([expect.stringMatching(`device '${device}' is not available`)]);
    expect(fn.stats()).toMatchObject({ executor: 'eager', cpuNodes: 0 });
  });

  test('a name that is none', () => {
    expect(() => jit((x: Tensor) => x, { device: 'gpu' as never })).toThrow(
      "jit: device (='gpu') must be one of cpu, webgpu, cuda, dml, coreml.",
    );
  });
});

import { useBackend } from '@segscape/backend';
import { engine, getBackend, setBackend, version_core } from '@tensorflow/tfjs-core';
import { afterAll, expect, test, vi } from 'vitest';
import { wasm as wasmCandidate } from '../src/candidates-shared.js';
import { platform } from '../src/platform/node.js';
import { assertVersions } from '../src/versions.js';

afterAll(() => setBackend('cpu'));

const wasm = '@tensorflow/tfjs-backend-wasm';

test('versions are read from what is installed', () => {
  expect(platform.versionsOf(wasm)).toEqual({ own: version_core, core: version_core });
  expect(platform.versionsOf('@tensorflow/not-installed')).toEqual({});
});

test('a backend of another minor version is named with both', () => {
  expect(() => assertVersions([wasm], () => ({ own: '4.10.0', core: version_core }))).toThrow(
    `${wasm} is 4.10.0, @tensorflow/tfjs-core is ${version_core}; install the same version of both`,
  );
});

test('a second copy of the core is named with both versions', () => {
  expect(() => assertVersions([wasm], () => ({ own: version_core, core: '3.21.0' }))).toThrow(
    `two copies of @tensorflow/tfjs-core: ${wasm} has 3.21.0, the application ${version_core}`,
  );
});

test('patches, packages that are not there and those of others are let through', () => {
  const patch = `${version_core.split('.').slice(0, 2).join('.')}.99`;
  expect(() => assertVersions([wasm], () => ({ own: patch, core: patch }))).not.toThrow();
  expect(() => assertVersions([wasm], () => ({}))).not.toThrow();
  expect(() => assertVersions(['webgpu'], () => ({ own: '0.1.0' }))).not.toThrow();
});

test('useBackend says so, and the backend before stays', async () => {
  await useBackend('cpu');
  const clash = vi.spyOn(platform, 'versionsOf').mockReturnValue({ own: '3.0.0' });
  await expect(useBackend('wasm')).rejects.toThrow(
    `'wasm' is not available here (${wasm} is 3.0.0, @tensorflow/tfjs-core is ${version_core}`,
  );
  expect(getBackend()).toBe('cpu');
  clash.mockRestore();
});

test('a package that registered with a copy of the core of its own is named', async () => {
  await useBackend('cpu');
  const { registryFactory } = engine();
  const { wasm: factory } = registryFactory;
  delete registryFactory.wasm;
  const load = vi.spyOn(wasmCandidate, 'load').mockResolvedValue();
  await expect(useBackend('wasm')).rejects.toThrow(
    `${wasm} registered with another copy of @tensorflow/tfjs-core than ${version_core}; install one version only`,
  );
  expect(getBackend()).toBe('cpu');
  load.mockRestore();
  if (factory !== undefined) registryFactory.wasm = factory;
});

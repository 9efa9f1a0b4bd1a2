import { describe, expect, test } from 'vitest';
import { readArguments } from '../src/runner/arguments.js';

describe('the command line', () => {
  test('takes every backend by default, and those that are named otherwise, once each', () => {
    expect(readArguments([]).backends).toContain('chromium-webgpu-worker');
    expect(readArguments(['--backend', 'cpu', '--backend', 'wasm,cpu', '--json'])).toMatchObject({
      backends: ['cpu', 'wasm'],
      json: true,
    });
  });

  test('names the nearest backend', () => {
    expect(() => readArguments(['--backend', 'chromium-webg'])).toThrow(
      "there is no backend 'chromium-webg'; did you mean 'chromium-webgl'?",
    );
  });

  test('refuses what it does not know', () => {
    expect(() => readArguments(['--fast'])).toThrow('--fast');
    expect(() => readArguments(['cpu'])).toThrow('cpu');
  });
});

import { createHash } from 'node:crypto';
import { type Raster, SegscapeError } from '@segscape/core';
import { readImage } from '@segscape/data';
import { memoryStorage } from '@segscape/runs';
import { bioimageioPackage } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { preprocessingSteps } from '../src/bioimageio/description.js';
import { study, tinyStudy } from './tiny-study.js';

const authors = [{ name: 'A. Author', affiliation: 'Somewhere' }];
const timestamp = '2026-01-02T03:04:05Z';

interface Step {
  readonly id: string;
  readonly kwargs?: Readonly<Record<string, number | string | readonly (number | string)[]>>;
}
interface Axis {
  readonly type: 'batch' | 'channel' | 'space';
  readonly id?: string;
  readonly size?:
    | number
    | {
        readonly min?: number;
        readonly step?: number;
        readonly tensor_id?: string;
        readonly axis_id?: string;
        readonly offset?: number;
      };
  readonly halo?: number;
  readonly channel_names?: readonly string[];
}
interface Described {
  readonly id: string;
  readonly axes: readonly Axis[];
  readonly data: { readonly type: string };
  readonly test_tensor: { readonly source: string; readonly sha256: string };
  readonly preprocessing?: readonly Step[];
}
type Description = Readonly<Record<string, unknown>> & {
  readonly inputs: readonly Described[];
  readonly outputs: readonly Described[];
  readonly weights: {
    readonly onnx: { readonly source: string; readonly sha256: string; readonly opset_version: number };
  };
};

/** `.npy` as https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html has it. */
function readNpy(bytes: Uint8Array): { data: Float32Array | Uint8Array; shape: number[] } {
  expect(Array.from(bytes.slice(0, 8))).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const length = bytes[8]! + 256 * bytes[9]!;
  expect((10 + length) % 64).toBe(0);
  const header = new TextDecoder().decode(bytes.slice(10, 10 + length));
  expect(header.endsWith('\n')).toBe(true);
  const [, descr, shape] =
    /^\{'descr': '(\|u1|<f4)', 'fortran_order': False, 'shape': \(([\d, ]+)\), \} *\n$/.exec(header)!;
  const rest = bytes.slice(10 + length);
  return {
    data: descr === '|u1' ? rest : new Float32Array(rest.buffer),
    shape: shape!.split(',').map(Number),
  };
}

/** The steps of `preprocessing`, from their descriptions in the specification. */
function preprocessed(values: ArrayLike<number>, channels: number, steps: readonly Step[]): Float32Array {
  const pixels = Array.from(values);
  const each = (channel: number) => pixels.filter((_, i) => i % channels === channel);
  const of = (value: unknown, channel: number) => Number(Array.isArray(value) ? value[channel] : value);
  for (const { id, kwargs = {} } of steps) {
    if (id === 'ensure_dtype') expect(kwargs).toEqual({ dtype: 'float32' });
    else if (id === 'scale_linear')
      for (let i = 0; i < pixels.length; i++)
        pixels[i] = pixels[i]! * of(kwargs.gain, i % channels) + of(kwargs.offset, i % channels);
    else if (id === 'zero_mean_unit_variance') {
      expect(kwargs.axes).toEqual(['y', 'x']);
      const figures = Array.from({ length: channels }, (_, channel) => {
        const all = each(channel);
        const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
        return { mean, deviation: Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length) };
      });
      for (let i = 0; i < pixels.length; i++) {
        const { mean, deviation } = figures[i % channels]!;
        pixels[i] = (pixels[i]! - mean) / (deviation + Number(kwargs.eps));
      }
    } else throw new Error(`unknown step ${id}`);
  }
  return Float32Array.from(pixels);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const runs = { same: memoryStorage(), valid: memoryStorage() };
beforeAll(async () => {
  const base = {
    ...tinyStudy,
    losses: ['dice' as const],
    training: { epochs: 1, batchSize: 2 },
    landscape: { enabled: false },
  };
  await study(runs.same, { config: { ...base, data: { ...tinyStudy.data, normalize: 'zscore' } } });
  await study(runs.valid, {
    config: { ...base, model: { kind: 'unet', baseChannels: 2, depth: 2, padding: 'valid' } },
  });
});

describe.each(['same', 'valid'] as const)('a package of a network with %s convolutions', (padding) => {
  let files: Readonly<Record<string, Uint8Array>>;
  let rdf: Description;
  beforeAll(async () => {
    files = await expectTensors(0, () => bioimageioPackage(runs[padding], { authors, timestamp }));
    rdf = parse(new TextDecoder().decode(files['rdf.yaml'])) as Description;
  });

  test('is described as model description 0.5 wants it', () => {
    // format_version, type; name of 5 to 128 allowed characters; description of at most 1024.
    expect(rdf).toMatchObject({
      format_version: expect.stringMatching(/^0\.5\.\d+$/),
      type: 'model',
      timestamp,
    });
    expect(rdf.name).toMatch(/^[A-Za-z0-9+\-_() ]{5,128}$/);
    expect(String(rdf.description).length).toBeLessThanOrEqual(1024);
    // authors: a list, each with a name without / or \; cite: a text with a doi or an address; license: an SPDX identifier.
    expect(rdf.authors).toEqual(authors);
    for (const { text, doi, url } of rdf.cite as { text: string; doi?: string; url?: string }[]) {
      expect(text).not.toBe('');
      expect(doi ?? url).toMatch(/^(10\.\d+\/\S+|https?:\/\/\S+)$/);
    }
    expect(rdf.license).toBe('CC-BY-4.0');
    // documentation: a Markdown file; covers: files of at most 500 KB, as wide as high or twice that.
    expect(files[String(rdf.documentation)]).toBeDefined();
    expect(rdf.covers).toEqual(['cover.png']);
    expect(files['cover.png']!.length).toBeLessThan(500_000);
    // Identifiers of tensors and of axes are lower-case words, none twice; axis ids y, x, z for space; channel names are identifiers.
    for (const tensor of [...rdf.inputs, ...rdf.outputs]) {
      expect(tensor.id).toMatch(/^[a-z_][a-z0-9_]*$/);
      expect(tensor.axes.filter(({ type }) => type === 'batch')).toHaveLength(1);
      const ids = tensor.axes.map(({ id, type }) => id ?? type);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { type, id, channel_names: names } of tensor.axes) {
        if (type === 'space') expect(['x', 'y', 'z']).toContain(id);
        if (type === 'channel') for (const name of names!) expect(name).toMatch(/^[a-z_][a-z0-9_]*$/);
      }
      expect(sha256(files[tensor.test_tensor.source]!)).toBe(tensor.test_tensor.sha256);
    }
    expect(rdf.weights.onnx.opset_version).toBeGreaterThanOrEqual(7);
    expect(sha256(files[rdf.weights.onnx.source]!)).toBe(rdf.weights.onnx.sha256);
  });

  test('has a picture twice as wide as it is high', async () => {
    const { height, width } = (await readImage(files['cover.png']!)) as Raster;
    expect(width).toBe(2 * height);
  });

  test('its test output follows from its test input, by ONNX Runtime and the files alone', async () => {
    const [input, output] = [rdf.inputs[0]!, rdf.outputs[0]!];
    const given = readNpy(files[input.test_tensor.source]!);
    const expected = readNpy(files[output.test_tensor.source]!);
    expect(given.data).toBeInstanceOf(Uint8Array);
    const ready = preprocessed(given.data, given.shape[3]!, input.preprocessing!);
    const session = await InferenceSession.create(files[rdf.weights.onnx.source]!);
    const [name] = session.inputNames as [string];
    const results = await session.run({ [name]: new Tensor('float32', ready, given.shape) });
    const found = results[session.outputNames[0]!]!;
    expect(found.dims).toEqual(expected.shape);
    expect(found.data as Float32Array).toBeAllclose(expected.data as Float32Array, { abs: 1e-4, rel: 1e-3 });
    await session.release();
    // Sizes are as the axes say.
    for (const [i, axis] of input.axes.entries()) {
      if (axis.type !== 'space') continue;
      const { size } = axis;
      if (typeof size === 'number') expect(given.shape[i]).toBe(size);
      else expect((given.shape[i]! - size!.min!) % size!.step!).toBe(0);
    }
    for (const [i, axis] of output.axes.entries()) {
      if (axis.type !== 'space' || typeof axis.size === 'number') continue;
      expect(axis.size).toMatchObject({ tensor_id: input.id, axis_id: axis.id });
      const at = input.axes.findIndex(({ id }) => id === axis.id);
      expect(expected.shape[i]).toBe(given.shape[at]! + (axis.size!.offset ?? 0));
      // A halo leaves something of the smallest tile.
      const smallest = input.axes[at]!.size;
      const least = typeof smallest === 'number' ? smallest : smallest!.min!;
      expect(2 * (axis.halo ?? 0)).toBeLessThan(least);
    }
  });
});

test('every normalisation has its steps', () => {
  const pixels = Uint8Array.from({ length: 60 }, (_, i) => (i * 41) % 256);
  const scaled = preprocessed(pixels, 3, preprocessingSteps('scale') as Step[]);
  expect(scaled[1]).toBeCloseTo(41 / 255, 6);
  const fixed = { mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 2] };
  const found = preprocessed(pixels, 3, preprocessingSteps(fixed) as Step[]);
  for (let i = 0; i < 60; i++)
    expect(found[i]).toBeCloseTo((pixels[i]! / 255 - fixed.mean[i % 3]!) / fixed.deviation[i % 3]!, 5);
  const ranged = { low: [0, 0.1, 0.2], high: [1, 0.6, 0.3] };
  const inRange = preprocessed(pixels, 3, preprocessingSteps(ranged) as Step[]);
  for (let i = 0; i < 60; i++)
    expect(inRange[i]).toBeCloseTo(
      (pixels[i]! / 255 - ranged.low[i % 3]!) / (ranged.high[i % 3]! - ranged.low[i % 3]!),
      4,
    );
  expect(preprocessingSteps('none')).toHaveLength(1);
  expect(preprocessingSteps('percentile')).toMatchObject([
    {},
    { id: 'scale_range', kwargs: { min_percentile: 1 } },
  ]);
  expect(preprocessingSteps('minmax')).toMatchObject([{}, { kwargs: { axes: ['channel', 'y', 'x'] } }]);
});

test('without authors, and of a run with clahe, nothing is made', async () => {
  await expect(bioimageioPackage(runs.same, { authors: [] })).rejects.toThrow(
    'be a list of at least one { name }',
  );
  await expect(bioimageioPackage(memoryStorage(), { authors })).rejects.toThrow(SegscapeError);
});

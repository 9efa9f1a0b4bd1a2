import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSegscapeError } from '@segscape/core';
import { onnxModel } from '@segscape/models/onnx';
import { tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeModel } from './write-model.js';

const python = process.env.PYTHON ?? '/usr/bin/python3';
const missing = spawnSync(python, ['-c', 'import onnx']).status === 0 ? '' : ': no Python with onnx';

interface NodeCase {
  readonly name: string;
  readonly model: string;
  readonly image: readonly (number | string)[];
  readonly shape: readonly number[];
  readonly expected: readonly (number | string)[];
  readonly expectedShape: readonly number[];
}

const numbers = (values: readonly (number | string)[]) =>
  values.map((value) => Number(String(value).replace('inf', 'Infinity')));

/** Nodes that are run, as the error for one that is not tells them. */
function supported(): string[] {
  try {
    onnxModel(writeModel({ nodes: [{ op: 'Unknown', inputs: ['x'], output: 'y' }] }));
  } catch (error) {
    if (isSegscapeError(error)) return error.message.split('Supported are ')[1]!.slice(0, -1).split(', ');
  }
  throw new Error('was not refused');
}

/** The axes in the graph's order to channels last, and back. */
const toLast = (rank: number) => [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
const toFirst = (rank: number) => [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];

/** What differs from what ONNX says, or how it was refused. */
function outcome({ model, image, shape, expected, expectedShape }: NodeCase): string {
  try {
    return tidy(() => {
      const { model: made, params } = onnxModel(new Uint8Array(Buffer.from(model, 'base64')), {
        channels: 'first',
      });
      const given = made.apply(params, transpose(tensor(numbers(image), [...shape]), toLast(shape.length)));
      const isImage = given.rank === shape.length && expectedShape.length === shape.length;
      const found = isImage ? transpose(given, toFirst(given.rank)) : given;
      if (found.shape.join() !== expectedShape.join()) return `[${found.shape}] for [${expectedShape}]`;
      const values = found.dataSync();
      const wrong = numbers(expected).findIndex((want, i) => {
        const own = Number(values[i]);
        return !(Object.is(own, want) || Math.abs(own - want) <= 1e-4 + 1e-3 * Math.abs(want));
      });
      return wrong < 0 ? 'equal' : `${values[wrong]} for ${expected[wrong]} in place ${wrong}`;
    });
  } catch (error) {
    if (isSegscapeError(error) && error.code === 'UNSUPPORTED_FORMAT') return `refused: ${error.message}`;
    return `failed: ${String(error)}`;
  }
}

describe.skipIf(missing)(`ONNX's own tests of single nodes${missing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'segscape-onnx-nodes-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const outcomes = new Map<string, string>();
  beforeAll(() => {
    const file = join(folder, 'cases.json');
    const script = fileURLToPath(new URL('./node_cases.py', import.meta.url));
    const { status, stderr } = spawnSync(python, [script, file, ...supported()], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const cases = JSON.parse(readFileSync(file, 'utf8')) as NodeCase[];
    for (const each of cases) outcomes.set(each.name, outcome(each));
  }, 120_000);

  test('each has the output that is expected, or is refused by the node’s name', () => {
    const wrong = [...outcomes].filter(([, said]) => said !== 'equal' && !said.startsWith('refused: '));
    // Its bfloat16 comes as the bits of one.
    expect(wrong.filter(([name]) => !name.includes('BFLOAT16'))).toEqual([]);
  });

  test('most are run; what is refused are settings that are known', () => {
    const reasons = [...outcomes].flatMap(([name, said]) => {
      const known =
        /(with 1 spatial axes|training_mode|tf_crop_and_resize|aligned corners and factors|follow from the data)/;
      return said.startsWith('refused') && !known.test(said) ? [`${name}: ${said}`] : [];
    });
    expect(reasons).toEqual([]);
    const equal = [...outcomes.values()].filter((said) => said === 'equal').length;
    expect(equal / outcomes.size).toBeGreaterThan(0.9);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { segscape, start, tinyConfig, workFolder } from './cli.js';

const folder = workFolder();
const tensorflow = import.meta.resolve('@tensorflow/tfjs-core');

/** One's own loss, measure and schedule, as somebody without our packages beside the file would write them. */
const module = `\
import * as tf from '${tensorflow}';

const squares = ({ power = 2 }) =>
  Object.assign(
    (labels, logits) =>
      tf.tidy(() => {
        const indices = 'dataId' in labels ? labels : labels.labels;
        const truth = tf.cast(tf.oneHot(tf.cast(indices, 'int32'), logits.shape.at(-1)), 'float32');
        return tf.mean(tf.pow(tf.abs(tf.sub(truth, tf.softmax(logits))), power));
      }),
    { options: { power }, pixelwise: false },
  );

export default [
  {
    part: 'loss',
    kind: 'squares',
    schema: { type: 'object', additionalProperties: false, properties: { power: { type: 'number', minimum: 1, default: 2, description: 'Exponent.' } } },
    make: squares,
  },
  { part: 'measure', kind: 'area', make: () => ({ prediction }) => prediction.data.filter((label) => label === 1).length },
];
`;

const study = tinyConfig()
  .replace('name: tiny', 'name: tiny\nplugins: [./mine.mjs]\nmeasures: [area]')
  .replace('{ name: dice, label: Dice }', '{ kind: squares, power: 3, label: Cubes }');

beforeAll(() => {
  writeFileSync(join(folder, 'mine.mjs'), module);
  writeFileSync(join(folder, 'study.yaml'), study);
});

describe('a module with kinds of one’s own', () => {
  test('is compared beside the built-in ones, resumed, and known by its label', async () => {
    const run = start(folder, 'run', 'study.yaml', '--out', 'own');
    await run.seen(/Cubes, seed 1, epoch 1\/2/);
    run.process.kill('SIGINT');
    expect((await run.ended).code).toBe(130);
    const resumed = await segscape(folder, 'run', '--resume', '--out', 'own');
    expect(resumed.err).toBe('');
    expect(resumed.code).toBe(0);
    expect(resumed.out).toContain('Cubes');
    expect(resumed.out).toContain('area');
    expect(readFileSync(join(folder, 'own', 'report.html'), 'utf8')).toContain('Cubes');
    const { plugins } = parse(readFileSync(join(folder, 'own', 'config.yaml'), 'utf8'));
    expect(plugins).toEqual([
      { path: join(folder, 'mine.mjs'), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test('that has changed is refused when the run goes on', async () => {
    writeFileSync(join(folder, 'mine.mjs'), module.replace('power = 2', 'power = 4'));
    const { code, err } = await segscape(folder, 'run', '--resume', '--out', 'own');
    writeFileSync(join(folder, 'mine.mjs'), module);
    expect(code).toBe(1);
    expect(err).toMatch(
      /plug-in '.*mine\.mjs' is not the file that the run began with .* Restore it, or begin a new run\.\n$/,
    );
  });

  test('lists its kinds and their options', async () => {
    const { out } = await segscape(folder, 'kinds', 'squares', '--plugin', 'mine.mjs');
    expect(out).toContain("loss 'squares'");
    expect(out).toMatch(/power +│ 2 +│ Exponent\. \(at least 1\)/);
  });

  test.each([
    [
      'that is not there',
      undefined,
      /plug-in '.*bad\.mjs' cannot be read .* Give the path of a JavaScript module/,
    ],
    [
      'that throws',
      'throw new Error("no licence")',
      /plug-in '.*bad\.mjs' threw while it was loaded: no licence/,
    ],
    ['without a default export', 'export const a = 1', /plug-in '.*bad\.mjs' has no default export\./],
    ['whose export is no list', 'export default {}', /plug-in '.*bad\.mjs': expected a list of defineKind/],
    [
      'of no part',
      'export default [{ part: "los", kind: "a", make() {} }]',
      /part \(="los"\) must be one of 'data', /,
    ],
    [
      'without make',
      'export default [{ part: "loss", kind: "mine" }]',
      /'mine' lacks make, the function from options to a loss\./,
    ],
    [
      'of a kind that exists',
      'export default [{ part: "data", kind: "folder", make() {} }]',
      /there is a data 'folder' already; choose another kind\./,
    ],
  ])('%s gives one clear line', async (_, text, message) => {
    if (text !== undefined) writeFileSync(join(folder, 'bad.mjs'), text);
    const { code, err } = await segscape(folder, 'kinds', '--plugin', 'bad.mjs');
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  test('an option that it does not have is refused with its line', async () => {
    writeFileSync(join(folder, 'wrong.yaml'), study.replace('power: 3', 'pover: 3'));
    const { code, err } = await segscape(folder, 'run', 'wrong.yaml', '--out', 'never');
    expect(code).toBe(1);
    expect(err).toContain("unknown key 'losses.1.pover' of loss 'squares'. Did you mean 'power'?");
    expect(err).toMatch(/line \d+: /);
  });
});

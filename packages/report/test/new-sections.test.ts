import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  compareRuns,
  figuresOfRun,
  latexTable,
  methodsParagraph,
  packedRange,
  packValues,
  type ReportFacts,
  reliabilitySvg,
  reportHtml,
  unpackValues,
} from '../src/index.js';
import { valuesAt } from '../src/page/index.js';
import { syntheticRun } from './synthetic-run.js';
import { assertWellFormed } from './well-formed.js';

const small = { epochs: 3, resolution: 5, side: 16, samples: 1, images: 6 } as const;
let facts: ReportFacts;
beforeAll(async () => {
  facts = JSON.parse(
    new TextDecoder().decode(await (await syntheticRun(small)).read('report.json')),
  ) as ReportFacts;
});

const section = (html: string, id: string) =>
  new RegExp(`<section id="${id}".*?</section>`, 's').exec(html)?.[0] ?? '';

async function told(more: Partial<ReportFacts>): Promise<string> {
  const storage = await syntheticRun(small);
  await storage.write('report.json', JSON.stringify({ ...facts, ...more }));
  return reportHtml(storage);
}

describe('sections of what a run may hold', () => {
  test('trust stands under its surface, and the noise floor in the cuts', async () => {
    const trust = facts.surfaces.map(({ name, loss }) => ({
      name,
      loss,
      sentence: `This slice of ${name} holds 3 % of the path.`,
      noiseFloor: 0.01,
    }));
    const html = section(await told({ trust }), 'surfaces');
    expect(html).toMatch(/data-role="trust">This slice of surface-0-epoch-3 holds 3 % of the path\./);
    expect(html).toContain('The band is what rounding in single precision leaves open');
    // A band for each loss in both cuts.
    expect(html.match(/fill-opacity="0.14"/g)).toHaveLength(8);
    expect(section(await told({}), 'surfaces')).not.toContain('fill-opacity="0.14"');
  });
  test('under a surface stands what became of batch normalisation', async () => {
    expect(section(await told({}), 'surfaces')).toContain(
      'on this plane. Statistics of batch normalisation are those of the checkpoint everywhere.',
    );
  });
  test('profiles run along the probability, with the pixels beneath, and along the logit', async () => {
    const p = [0, 0.25, 0.5, 0.75, 1];
    const profiles = [{ loss: 'Dice', p, values: [1, 0.8, 0.5, 0.2, 0], slopes: p.map(() => -1) }];
    const html = section(await told({ profiles }), 'profiles');
    const labels = [...html.matchAll(/<svg[^>]*aria-label="([^".]*)/g)].map(([, label]) => label);
    expect(labels).toEqual([
      'Loss of a pixel against the probability of the true class',
      'Pull on its logit against the probability of the true class',
      'Loss of a pixel, by the logit against the logit of the true class',
      'Pull on its logit, by the logit against the logit of the true class',
    ]);
    expect(html).not.toMatch(/NaN|Infinity/);
  });
  test('the header says by which versions a run was computed', async () => {
    expect(await told({})).toContain('@segscape/study 1.2.3, @tensorflow/tfjs-core 4.22.0');
  });
  test('curvature: eigenvalues, trace with its interval, sharpness', async () => {
    const curvature = [0, 3].map((epoch) => ({
      loss: 'Dice',
      seed: 1,
      epoch,
      eigenvalues: [
        { value: 9, error: 0.1 },
        { value: 4, error: 0.2 },
      ],
      trace: 20,
      standardError: 2,
      sharpness: 0.3,
    }));
    const html = section(await told({ curvature }), 'curvature');
    const labels = [...html.matchAll(/<svg[^>]*aria-label="([^".]*)/g)].map(([, label]) => label);
    expect(labels).toEqual([
      'Largest eigenvalue against the epoch',
      'Eigenvalue 2 against the epoch',
      'Trace against the epoch',
      'Sharpness against the epoch',
    ]);
    expect(html.match(/fill-opacity="0.14"/g)).toHaveLength(3);
  });
  test('weight change: six layers at once, the others folded', async () => {
    const layers = Array.from({ length: 8 }, (_, i) => ({ layer: `layer ${i}`, size: 4, relative: [0, i] }));
    const html = section(
      await told({ weightChange: [{ loss: 'Dice', seed: 1, epochs: [0, 3], layers }] }),
      'weight-change',
    );
    expect(html.match(/<svg /g)).toHaveLength(8);
    expect(html).toContain('<summary>2 more layers</summary>');
  });
  test('calibration: bins of the seeds together, weighted by their pixels', async () => {
    const entry = (seed: number, count: number, accuracy: number) => ({
      loss: 'Dice',
      seed,
      classes: ['background', 'disc'].map((name) => ({
        name,
        error: seed / 10,
        bins: [{ count, confidence: 0.5, accuracy }],
      })),
      trueClass: [count, 3],
    });
    const html = await told({ calibration: [entry(1, 30, 0.2), entry(2, 10, 0.6)] });
    // 0.3 of 1: from 324 up to 0 in a figure whose square is 324 wide and begins at 30.
    expect(section(html, 'calibration')).toMatch(/<circle cx="206" cy="256.8"/);
    expect(section(html, 'calibration')).toMatch(
      /Dice<\/span><\/th><td>0\.150<\/td><td>0\.150<\/td><td>0\.150/,
    );
  });
  test('the worst and the best images of each loss, and those that losses dispute', async () => {
    const scores = facts.losses.map((loss, l) => ({
      loss,
      seed: 1,
      images: Array.from({ length: 6 }, (_, i) => ({
        id: i === 0 ? 'phantom-024' : `other ${i}`,
        'iou.disc': i === 5 && l === 0 ? 0.1 : 0.5 + i / 20,
      })),
    }));
    const html = section(await told({ scores, intervals: [] }), 'samples');
    expect(html).toMatch(
      /CE 1:3<\/span><\/th><td><ul class="cases"><li><a href="#sample-0">phantom-024<\/a> <small>0\.500/,
    );
    expect(html).toMatch(/Most disputed.*?<li>other 5 <small>0\.650/s);
    const masks = section(await told({ scores, intervals: [], subject: 'masks' }), 'samples');
    expect(masks).toContain('Masks of</th><th scope="col">Worst');
    expect(masks).not.toMatch(/[Tt]rained/);
  });
});

test('figuresOfRun: every figure is well formed and has its own name', async () => {
  const storage = await syntheticRun(small);
  const points = [0, 3].map((epoch) => ({ epoch, x: epoch / 9, y: 0 }));
  const more: Partial<ReportFacts> = {
    maps: [
      {
        name: 'surface-0-epoch-3',
        kind: 'path',
        loss: 'CE 1:1',
        paths: { 'CE 1:1': points },
        explainedVariance: [0.7, 0.2],
      },
    ],
    calibration: [
      {
        loss: 'Dice',
        seed: 1,
        classes: [{ name: 'disc', error: 0.1, bins: [{ count: 3, confidence: 0.5, accuracy: 0.4 }] }],
      },
    ],
  };
  await storage.write('report.json', JSON.stringify({ ...facts, ...more }));
  const figures = await figuresOfRun(storage);
  for (const { svg } of figures) assertWellFormed(svg);
  const names = figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(['scores-iou-disc', 'map-surface-0-epoch-3', 'reliability-disc']),
  );
});

describe('words for a paper', () => {
  test('the LaTeX table escapes, and the best of a column is bold', () => {
    const table = latexTable({ ...facts, losses: ['CE 1:1', 'Dice'], foreground: 'disc' });
    expect(table).toMatch(/^\\begin\{tabular\}\{lr+\}\n\\toprule\nLoss & IoU, disc/);
    expect(table).toMatch(/\nDice & \\textbf\{0\.\d{3}\} \(0\.\d{3}--0\.\d{3}\)/);
    const odd = latexTable({
      ...facts,
      losses: ['a_b & 50 % \\x γ'],
      scores: [{ loss: 'a_b & 50 % \\x γ', seed: 1, images: [{ id: '1', 'iou.disc': 0.5 }] }],
    });
    expect(odd).toContain('a\\_b \\& 50 \\% \\textbackslash{}x $\\gamma$ & ');
  });
  test('the methods paragraph says what was done, and for masks no training', () => {
    const text = methodsParagraph(facts);
    expect(text).toContain(
      '482,514 parameters with 4 losses (CE 1:1, CE 1:3, Focal γ=2, Dice), 2 times each',
    );
    expect(text).toContain('on 24 images of phantom (16 × 16 pixels, 3 channels');
    expect(methodsParagraph({ ...facts, subject: 'masks' })).not.toContain('trained');
    const networks = [
      { label: 'deep', parameters: 1200 },
      { label: 'wide', parameters: 34 },
    ];
    const several = {
      ...facts,
      losses: ['CE @ deep', 'CE @ wide'],
      material: { ...facts.material, networks },
    };
    expect(methodsParagraph(several)).toContain(
      'We trained 2 networks (deep, of 1,200 parameters; wide, of 34 parameters), each with every loss (CE), 2 times each',
    );
  });
});

test('packed values come back within a step, and nothing else than they', () =>
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noDefaultInfinity: true }), { minLength: 1, maxLength: 40 }),
      (values) => {
        const range = packedRange([values]);
        const { data } = packValues(values, { height: 1, width: values.length, ...range });
        const back = unpackValues(data, { ...range, channels: 3 });
        values.forEach((value, i) => {
          if (Number.isNaN(value)) expect(back[i]).toBeNaN();
          else if (value < range.low) expect(back[i]).toBe(0);
          else expect(Math.abs(back[i]! / value - 1)).toBeLessThan(4e-4);
        });
      },
    ),
    { numRuns: 300 },
  ));

test('valuesAt is exact for planes, and stays inside', () => {
  const [x, y] = [Float64Array.of(-1, 0, 2), Float64Array.of(1, 0)];
  const plane = (a: number, b: number) => 1 + 2 * a - 3 * b;
  const values = { f: Float32Array.from([...y].flatMap((b) => [...x].map((a) => plane(a, b)))) };
  for (const [a, b] of [
    [-1, 1],
    [0.5, 0.25],
    [2, 0],
    [-0.25, 0.75],
  ] as const)
    expect(valuesAt({ x, y, values }, { x: a, y: b }).f).toBeCloseTo(plane(a, b), 5);
  expect(valuesAt({ x, y, values }, { x: 9, y: -9 }).f).toBeCloseTo(plane(2, 0), 5);
  expect(() => valuesAt({ x, y, values: { f: Float32Array.of(1) } }, { x: 0, y: 0 })).toThrow(
    'valuesAt: expected a grid of at least 2 × 2 with 2 × 3 values, got 1.',
  );
});
test('valuesAt by hand: a quarter of each of four, and a hole only where it counts', () => {
  const axis = Float64Array.of(0, 1);
  const grid = {
    x: axis,
    y: axis,
    values: { f: Float32Array.of(1, 2, 3, Number.NaN), g: Float32Array.of(0, 1, 10, 11) },
  };
  expect(valuesAt(grid, { x: 0.5, y: 0.5 }).g).toBeCloseTo((0 + 1 + 10 + 11) / 4, 12);
  expect(valuesAt(grid, { x: 0.5, y: 0 }).f).toBeCloseTo(1.5, 12);
  expect(valuesAt(grid, { x: 0.5, y: 0.1 }).f).toBeNaN();
});

test('reliabilitySvg is a whole figure, whatever its bins', () => {
  const bins = [
    { count: 0, confidence: Number.NaN, accuracy: Number.NaN },
    { count: 5, confidence: 0.7, accuracy: 0.6 },
  ];
  const svg = reliabilitySvg([{ label: '<Dice>', colour: '#0072b2', bins }], { title: 'disc' });
  assertWellFormed(svg);
  expect(svg.match(/<circle/g)).toHaveLength(1);
  expect(() => reliabilitySvg([], { width: 3 })).toThrow(/width/);
});

describe('compareRuns', () => {
  const of = (contentHash: string | undefined, more: Partial<ReportFacts> = {}): ReportFacts => {
    const { contentHash: _, ...material } = facts.material;
    return {
      ...facts,
      material: { ...material, ...(contentHash !== undefined && { contentHash }) },
      ...more,
    };
  };
  test('puts losses of one label side by side, under the names of their runs', async () => {
    const html = await compareRuns([
      { name: 'small', facts: of('ab'.repeat(32)) },
      {
        name: '/home/ada/large',
        facts: of('ab'.repeat(32), {
          losses: ['Dice'],
          scores: facts.scores.filter(({ loss }) => loss === 'Dice'),
        }),
      },
    ]);
    for (const label of ['Dice (small)', 'CE 1:3', 'comparison', 'id="runs"']) expect(html).toContain(label);
    expect(html).not.toContain('CE 1:3 (small)');
    expect(section(html, 'runs')).not.toContain('ada');
    expect(html).toContain('<title>5 losses on 30 images');
  });
  test.each([
    ['one run', () => [{ name: 'a', facts: of('1') }], 'got 1 run. Give two or more.'],
    ['a name twice', () => ['a', 'a'].map((name) => ({ name, facts: of('1') })), "two runs are called 'a'"],
    [
      'no hash',
      () => [
        { name: 'a', facts: of('1') },
        { name: 'b', facts: of(undefined) },
      ],
      "run 'b' has no hash",
    ],
    [
      'other images',
      () => [
        { name: 'a', facts: of('1') },
        { name: 'b', facts: of('2') },
      ],
      "'a' and 'b' have other images or masks",
    ],
    [
      'another split',
      () => [
        { name: 'a', facts: of('1') },
        { name: 'b', facts: of('1', { scores: [{ loss: 'Dice', seed: 1, images: [{ id: 'x' }] }] }) },
      ],
      'other test images of one data set',
    ],
  ] as const)('%s is refused in words', async (_, runs, message) =>
    expect(compareRuns(runs())).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining(message) as string,
    }),
  );
});

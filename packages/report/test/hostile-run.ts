import type { Storage } from '@segscape/core';
import { encodeSurface } from '@segscape/landscape/hdf5';
import { createRun, memoryStorage } from '@segscape/runs';
import { type ExperimentFact, encodePng, type ReportFacts, type SurfaceFact } from '../src/index.js';

/** What leaves an element, an attribute, a script or a style sheet where a page is careless; each calls `hacked()` if it can. */
const breakouts = [
  '<script>hacked()</script>',
  '</script><script>hacked()</script>',
  '</style></title></textarea></noscript><script>hacked()</script>',
  '"><img src=x onerror=hacked()>',
  "' onload=hacked() onfocus=hacked() autofocus x='",
  '"onload="hacked()" style="background:url(https://example.com/x)',
  '<svg/onload=hacked()>',
  ']]><script>hacked()</script>',
  '<a href="javascript:hacked()" ping="https://example.com/">',
  '<base href="https://example.com/"><link rel=stylesheet href=x>',
  'url(https://example.com/x);} *{background:url(https://example.com/y)}',
  '$' + '{hacked()}`+hacked()+`',
  '\\u003cscript\\u003ehacked()\\u003c/script\\u003e',
  '&lt;script&gt;hacked()&lt;/script&gt;&#60;script>',
  '%{text}<br><b>%{x}</b><script>hacked()</script>',
  '<!--<script>',
];

/** All breakouts, what counts at the start of a text only, characters that parsers change, and names of every object. */
export const hostileTexts: readonly string[] = [
  breakouts.join(' '),
  ...breakouts.slice(0, 1),
  'javascript:hacked()',
  '=HYPERLINK("https://example.com")',
  'a\u2028b\u2029c\r\nd\te\0f\u0085g\ud800h\ufeff',
  '__proto__',
  'constructor',
];

/** A finished run whose every text is `text`, or begins with it where they must differ. */
export async function hostileRun(text: string): Promise<Storage> {
  const storage = memoryStorage();
  const losses = [text, `${text} 2`];
  const run = await createRun(storage, { name: text, [text]: [text], losses });
  const measures = {
    loss: 0.4,
    [`iou.${text}`]: 0.5,
    [`confidence.${text}`]: 0.6,
    [`${text}.${text}`]: 0.7,
    [text]: 0.1,
  };
  // A history refuses line breaks.
  const line = (name: string) => name.replace(/[\r\n]/g, '\u2028');
  const recorded = Object.fromEntries(Object.entries(measures).map(([name, value]) => [line(name), value]));
  for (const loss of losses.map(line))
    for (const epoch of [0, 1, 2])
      await run.recordEpoch({
        loss,
        seed: 1,
        epoch,
        measures: Object.fromEntries([
          ['train', recorded],
          ['test', recorded],
          [line(text), recorded],
        ]),
      });
  // A name in HDF5 ends at its first NUL, and half a pair has no UTF-8.
  const inHdf5 = (name: string) => name.replace(/\0|\p{Cs}/gu, '');
  const axis = Float64Array.of(-1, 0, 1);
  const values = Object.fromEntries(
    losses.map((loss, i) => [inHdf5(loss), Float32Array.from({ length: 9 }, (_, k) => 0.1 + (i + 1) * k)]),
  );
  const surfaces: SurfaceFact[] = [];
  for (const [i, loss] of losses.entries())
    for (const epoch of [0, 2]) {
      const name = `surface-${i}-${epoch}`;
      await run.writeLandscape(
        name,
        await encodeSurface({ x: axis, y: axis, values, attributes: { trainedWith: inHdf5(loss) } }),
      );
      surfaces.push({ name, loss, seed: 1, epoch, moment: epoch === 0 ? text : `${text} 2` });
    }
  const pictures: ReportFacts['pictures'] = [
    { name: 'image', group: 'prediction', title: text, sample: text },
    { name: 'prediction', group: 'prediction', title: text, sample: text, loss: text },
    {
      name: 'map',
      group: 'loss',
      title: text,
      sample: text,
      loss: text,
      caption: text,
      values: { name: 'packed', low: 1e-9, high: 1 },
    },
    { name: 'early', group: 'loss', title: text, sample: text, loss: text, epoch: 1 },
    { name: 'before', group: 'augmentation', title: text, sample: text, caption: text },
  ];
  const png = encodePng({ data: new Uint8Array(16), height: 4, width: 4, channels: 1 });
  const followed: ExperimentFact['pictures'] = (['prediction', 'gradient'] as const).map((group) => ({
    name: `followed-${group}`,
    group,
    title: text,
    sample: text,
    loss: text,
    iteration: 1,
    caption: text,
    values: { name: 'packed', low: 1e-9, high: 1 },
  }));
  for (const { name } of [...pictures, ...followed, { name: 'packed' }]) await run.writeMap(name, png);
  const scores = Object.fromEntries(Object.keys(measures).map((name, i) => [name, i / 10]));
  const facts: ReportFacts = {
    title: text,
    losses,
    seeds: [1],
    classes: ['background', text],
    foreground: text,
    material: {
      dataset: Object.fromEntries([
        ['kind', text],
        [text, text],
      ]),
      classes: ['background', text],
      train: 2,
      validation: 1,
      test: 2,
      shares: [0.9, 0.1],
      sizes: { smallest: [4, 4], largest: [4, 4] },
      channels: 1,
      parameters: 7,
    },
    environment: [{ started: text, backend: text, precision: text, executor: text, platform: text }],
    pictures: [...pictures, { name: text, group: 'loss', title: text }],
    surfaces: [...surfaces, { name: text, loss: text, seed: 1, epoch: 1, moment: text }],
    scores: losses.map((loss) => ({ loss, seed: 1, images: [{ ...scores, id: text }] })),
    comparisons: [
      {
        measure: `iou.${text}`,
        a: losses[0]!,
        b: losses[1]!,
        difference: 0.1,
        p: 0.01,
        pHolm: 0.01,
        effect: 1,
        n: 9,
      },
      { measure: text, a: text, b: text, difference: 0, p: 1, pHolm: 1, effect: 0, n: 9 },
    ],
    intervals: losses.map((loss, i) => ({
      loss,
      measure: `iou.${text}`,
      mean: 0.5 + i / 10,
      low: 0.4,
      high: 0.9,
    })),
    diverged: [{ loss: text, seed: 1, epoch: 1, step: 3, message: text }],
    selection: {
      select: 'best',
      measure: `iou.${text}`,
      values: Object.fromEntries([[text, 0.5]]),
      epochs: [{ loss: text, seed: 1, epoch: 2 }],
    },
    trust: losses.flatMap((loss) =>
      surfaces.map(({ name }) => ({ name, loss, sentence: text, pathShare: 0.03, noiseFloor: 1e-7 })),
    ),
    curvature: losses.map((loss) => ({
      loss,
      seed: 1,
      epoch: 2,
      eigenvalues: [{ value: 3, error: 0.1 }],
      trace: 7,
      standardError: 1,
      sharpness: 0.1,
    })),
    weightChange: [
      { loss: text, seed: 1, epochs: [0, 2], layers: [{ layer: text, size: 4, relative: [0, 0.5] }] },
    ],
    calibration: losses.map((loss) => ({
      loss,
      seed: 1,
      classes: [{ name: text, error: 0.1, bins: [{ count: 9, confidence: 0.4, accuracy: 0.5 }] }],
      trueClass: [1, 8],
    })),
    disputes: {
      measure: 'jaccardDistance',
      seeds: Object.fromEntries(losses.map((loss) => [loss, 1])),
      images: [
        {
          id: text,
          disagreement: 0.2,
          byLoss: Object.fromEntries(losses.map((loss) => [loss, 0.2])),
        },
      ],
    },
    cases: losses.map((loss) => ({ loss, worst: text, best: text, disputed: text })),
    experiment: {
      from: { loss: text, epoch: 2, seed: 1 },
      iterations: 1,
      every: 1,
      images: [{ id: text, part: 'test', foreground: 0.1 }],
      runs: losses.map((loss) => ({
        image: text,
        loss,
        iterations: [0, 1],
        values: Object.fromEntries(losses.map((seen) => [seen, [0.5, 0.4]])),
        gradientNorms: [1, 2],
        file: text,
        diverged: 1,
      })),
      pictures: followed,
    },
    minutes: 1,
  };
  await storage.write('report.json', JSON.stringify(facts));
  return storage;
}

import { openRun } from '@segscape/runs';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ReportFacts, reportHtml } from '../src/index.js';
import { syntheticRun } from './synthetic-run.js';

const small = { epochs: 3, resolution: 5, side: 24, samples: 1, images: 6 } as const;

async function changed(change: (facts: ReportFacts) => object): Promise<string> {
  const storage = await syntheticRun(small);
  const facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
  await storage.write('report.json', JSON.stringify({ ...facts, ...change(facts) }));
  return reportHtml(storage);
}

const main = (html: string) =>
  html.slice(html.indexOf('<body'), html.indexOf('<script type="application/json"'));

describe('reportHtml', () => {
  let html: string;
  beforeAll(async () => {
    html = await reportHtml(await syntheticRun(small));
  });

  test('holds everything and points to nothing outside', () => {
    expect(html.slice(0, 15)).toBe('<!doctype html>');
    expect(main(html)).not.toMatch(/(?:src|href)="(?!data:|#)/);
    expect(html.includes("default-src 'none'")).toBe(true);
  });
  test('closes what it opens, once', () => {
    for (const tag of [
      'html',
      'head',
      'body',
      'main',
      'table',
      'section',
      'figure',
      'details',
      'svg',
      'script',
    ])
      expect([tag, html.match(new RegExp(`<${tag}[\\s>]`, 'g'))!.length]).toEqual([
        tag,
        html.match(new RegExp(`</${tag}>`, 'g'))!.length,
      ]);
    const ids = main(html).match(/ id="[^"]*"/g)!;
    expect(ids.length).toBe(new Set(ids).size);
  });
  test('has the sections in order', () =>
    expect([...html.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'comparison',
      'curves',
      'surfaces',
      'samples',
      'augmentation',
      'config',
    ]));
  test('says that classes may overlap, draws the second as an object, and how seeds were settled', async () => {
    const plain = main(html);
    expect(plain).not.toContain('they may overlap');
    const overlapping = main(
      await changed(({ material }) => ({
        material: { ...material, overlapping: true },
        decision: { sentence: 'Settled after 4 seeds.' },
      })),
    );
    expect(overlapping).toContain('; they may overlap');
    expect(overlapping).toContain('<dt>Seeds</dt><dd>Settled after 4 seeds.</dd>');
    const measures = (page: string) =>
      [...page.matchAll(/data-place="\d+" data-measure="([^"]*)"/g)].map(([, name]) => name);
    expect(measures(plain)).toContain('confidence.background');
    expect(measures(overlapping)).not.toContain('confidence.background');
  });
  test('every picture has words and its size', () => {
    const pictures = main(html).match(/<img [^>]*src=[^>]*>/g)!;
    expect(pictures.length).toBe(2 + 4 * 6 + 2);
    for (const picture of pictures) expect(picture).toMatch(/width="\d+" height="\d+" alt="[^"]+"/);
  });
  test('is the same for the same run', async () =>
    expect(await reportHtml(await syntheticRun(small))).toBe(html));
  test('the data of a small study weigh little beside the library', () =>
    expect(html.length).toBeLessThan(2_600_000));

  test('the best loss leads, with what the tests prove', () => {
    expect(html).toMatch(/class="answer">Dice did best: test IoU of disc 0\.\d{3} \(95 % interval/);
    expect(html).toContain('Significantly better than Focal γ=2');
    expect(html).toContain('No significant difference to CE 1:1 and CE 1:3.');
  });
  test('no difference proven is said plainly, and so is when there were too few images', async () => {
    const comparisons = [
      { measure: 'iou.disc', a: 'CE 1:1', b: 'Dice', difference: 0, p: 1, pHolm: 1, effect: 0 },
    ];
    const told = async (n: number) =>
      /class="verdict">([^<]*)</.exec(
        await changed(() => ({ comparisons: comparisons.map((c) => ({ ...c, n })) })),
      )![1];
    const evidence =
      'Measured on 6 test images. Dice was first with 2 of 2 seeds; intervals and tests count the images, not the seeds.';
    expect(await told(8)).toBe(evidence);
    expect(await told(4)).toBe(`So few images could not have shown one. ${evidence}`);
    expect(await changed(() => ({ comparisons: comparisons.map((c) => ({ ...c, n: 8 })) }))).toContain(
      'class="answer">No significant difference between the losses; Dice has the highest test IoU of disc 0.',
    );
  });
  test('intervals of the study are shown as they are; null stands for no number', async () => {
    const page = await changed(({ losses }) => ({
      intervals: losses.map((loss, i) => ({
        loss,
        measure: 'iou.disc',
        mean: i === 0 ? null : 0.5 + i / 10,
        low: 0.4,
        high: 0.9,
      })),
    }));
    expect(page).toContain('Dice did best: test IoU of disc 0.800 (95 % interval 0.400 to 0.900).');
    expect(page).toMatch(/CE 1:1<\/span><\/th><td>–/);
  });
  test('names from the study cannot become markup', async () => {
    const page = await changed(({ losses }) => ({
      title: '<img src=x onerror=alert(1)>',
      foreground: '</script><b>',
      losses: [...losses, '</script><i>'],
    }));
    for (const markup of ['<img src=x', '</script><b>', '</script><i>'])
      expect(page.includes(markup)).toBe(false);
  });
  test('a study without surfaces, pictures and tests has a report without those sections', async () => {
    const page = await changed(() => ({ surfaces: [], pictures: [], comparisons: undefined }));
    expect([...page.matchAll(/<section id="([^"]*)"/g)].map(([, id]) => id)).toEqual([
      'comparison',
      'curves',
      'config',
    ]);
    expect(page.length).toBeLessThan(400_000);
  });
  test('a study of one loss shows one training through two losses', async () => {
    const page = await changed(({ surfaces, comparisons: _, ...facts }) => ({
      losses: facts.losses.slice(0, 1),
      comparisons: [],
      surfaces: surfaces.filter(({ loss }) => loss === facts.losses[0]),
    }));
    expect(page).toMatch(/class="answer">CE 1:1: test IoU of disc/);
    const words = [...page.matchAll(/data-role="words"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(words[0]).toMatch(
      /^Trained with CE 1:1, end \(epoch 3\), evaluated with CE 1:1: 0\.\d+ at the checkpoint/,
    );
    expect(words[1]).toContain('evaluated with CE 1:3');
  });
  test('without a finite score it says so', async () => {
    const page = await changed(() => ({ scores: [], intervals: [] }));
    expect(page).toContain('The IoU of disc could not be measured.');
  });
});

describe('reportHtml on a damaged run', () => {
  test('a damaged surface and a missing picture are named and left out', async () => {
    const storage = await syntheticRun(small);
    const bytes = await storage.read('landscapes/surface-0-epoch-3.h5');
    bytes[bytes.length >> 1]! ^= 255;
    await storage.write('landscapes/surface-0-epoch-3.h5', bytes.slice(0, 1000));
    await storage.remove('maps/augmentation/after.png');
    await (await openRun(storage)).writeMap('augmentation/before', new TextEncoder().encode('not a picture'));
    const told: string[] = [];
    const html = await reportHtml(storage, { onNotice: (message) => told.push(message) });
    expect(told).toHaveLength(3);
    const notice = /class="notice".*?<\/div>/s.exec(html)![0];
    expect(notice).toContain('landscapes/surface-0-epoch-3.h5');
    expect(notice).toContain('maps/augmentation/after');
    expect(notice).toContain('maps/augmentation/before.png: not a PNG file, left out.');
    expect(html).not.toContain('<section id="augmentation"');
  });
  test('an unfinished study has no report', async () => {
    const storage = await syntheticRun(small);
    await storage.remove('report.json');
    await expect(reportHtml(storage)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message:
        'reportHtml: there is no report.json here. Only a finished study has a report; resume the run first.',
    });
  });
  test.each([
    ['{', 'report.json: not JSON. Resume the study to write it again.'],
    ['null', 'report.json: the file must be an object, got null. Resume the study to write it again.'],
    [
      '{"losses":[]}',
      "report.json: 'title' must be a text, got nothing. Resume the study to write it again.",
    ],
  ])('a report.json of %s', async (text, message) => {
    const storage = await syntheticRun(small);
    await storage.write('report.json', text);
    await expect(reportHtml(storage)).rejects.toMatchObject({ code: 'CORRUPT_FILE', message });
  });
});

test('the built package bundles for a browser, without modules of Node', async () => {
  const bundle = await rolldown({
    input: new URL('../dist/index.js', import.meta.url).pathname,
    platform: 'browser',
    // The heavy peers are not what is asked here.
    external: [/^@tensorflow\//, 'h5wasm', 'onnxruntime-node'],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const imports = output.flatMap((chunk) =>
    chunk.type === 'chunk' ? [...chunk.imports, ...chunk.dynamicImports] : [],
  );
  expect(imports.filter((name) => name.startsWith('node:'))).toEqual([]);
});

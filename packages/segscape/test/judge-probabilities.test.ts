import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from '@segscape/report';
import { beforeAll, describe, expect, test } from 'vitest';
import { disc, discFolder, segscape, workFolder } from './cli.js';

const folder = workFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const count = 4;
const side = 32;

/** A TIFF of float32 pages, uncompressed. */
function floatTiff(pages: readonly Float32Array[], height: number, width: number): Uint8Array {
  const entries = (strip: number) => [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, strip],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, 4 * height * width],
    [339, 3, 3],
  ];
  const directory = 2 + 12 * 10 + 4;
  const step = directory + 4 * height * width;
  const bytes = new Uint8Array(8 + step * pages.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49]);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  pages.forEach((page, n) => {
    const begin = 8 + n * step;
    view.setUint16(begin, 10, true);
    entries(begin + directory).forEach(([tag, type, value], k) => {
      view.setUint16(begin + 2 + 12 * k, tag!, true);
      view.setUint16(begin + 4 + 12 * k, type!, true);
      view.setUint32(begin + 6 + 12 * k, 1, true);
      view.setUint32(begin + 10 + 12 * k, value!, true);
    });
    view.setUint32(begin + directory - 4, n + 1 < pages.length ? begin + step : 0, true);
    page.forEach((value, i) => {
      view.setFloat32(begin + directory + 4 * i, value, true);
    });
  });
  return bytes;
}

/** 1 in the disc of image `i`, moved by `shift`, else 0. */
const inside = (i: number, shift = 0) =>
  Float32Array.from({ length: side * side }, (_, p) => {
    const [y, x] = [Math.floor(p / side) - 12 - i - shift, (p % side) - 12 - i - shift];
    return Number(y * y + x * x < 36);
  });

beforeAll(async () => {
  for (const name of ['truth', 'images', 'png', 'pages', 'one']) mkdirSync(at(name));
  for (let i = 0; i < count; i++) {
    writeFileSync(at('truth', `c${i}.png`), disc(side, side, 12 + i, 255, 0));
    writeFileSync(at('images', `c${i}.png`), disc(side, side, 12 + i, 200, 60));
    // Sure by 0.8 of the right pixels; 204 of 255.
    const gray = Uint8Array.from(inside(i), (v) => (v ? 204 : 51));
    writeFileSync(
      at('png', `c${i}-foreground.png`),
      encodePng({ data: gray, height: side, width: side, channels: 1 }),
    );
    const moved = inside(i, 3).map((v) => (v ? 0.9 : 0.1));
    writeFileSync(at('pages', `c${i}.tif`), floatTiff([moved.map((v) => 1 - v), moved], side, side));
    writeFileSync(at('one', `c${i}.tif`), floatTiff([moved], side, side));
  }
  await discFolder(at('cells'), 6, side);
  writeFileSync(
    at('study.yaml'),
    `
data: { kind: folder, images: ${at('cells/images')}, masks: ${at('cells/masks')}, split: { test: 2 } }
model: { kind: unet, baseChannels: 2, depth: 2 }
losses: [crossEntropy, dice]
training: { epochs: 1 }
landscape: { enabled: false }
report: { samples: 1 }
`,
  );
  expect((await segscape(folder, 'run', 'study.yaml', '--out', 'run')).code).toBe(0);
});

const judged = (out: string, ...args: string[]) =>
  segscape(folder, 'judge', '--truth', 'truth', '--out', out, ...args);
const factsOf = (out: string) => JSON.parse(readFileSync(at(out, 'report.json'), 'utf8'));

describe('segscape judge, from probabilities', () => {
  test('8-bit pictures and pages of floats: the same measures, calibration, confidence and loss maps', async () => {
    const { code, err, out } = await judged(
      'maps',
      '--probabilities',
      'Sure=png',
      'Moved=pages',
      'Half=one',
      '--images',
      'images',
      '--measures',
      'calibrationError',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/Sure/);
    const { scores, pictures } = factsOf('maps');
    const [sure, moved, half] = scores.map(({ images }: { images: Record<string, number>[] }) => images[0]!);
    expect(sure['dice.foreground']).toBe(1);
    expect(sure['confidence.foreground']).toBeCloseTo(0.8, 5);
    expect(sure['confidence.background']).toBeCloseTo(0.8, 5);
    expect(moved['dice.foreground']).toBeLessThan(0.9);
    // All but the first class given, the first is what is left.
    expect(half['dice.foreground']).toBe(moved['dice.foreground']);
    expect(half['confidence.background']).toBeCloseTo(moved['confidence.background'], 5);
    const kinds = pictures
      .filter(({ loss, sample }: { loss?: string; sample: string }) => loss === 'Sure' && sample === 'c0')
      .map(({ group, title }: { group: string; title: string }) => `${group}: ${title}`);
    expect(kinds).toEqual([
      'prediction: Prediction',
      'difference: Difference',
      'confidence: 1 − confidence in the truth',
      'loss: crossEntropy',
      'loss: focal gamma 2',
    ]);
    // −ln 0.8 everywhere.
    const map = pictures.find(
      ({ loss, title }: { loss?: string; title: string }) => loss === 'Sure' && title === 'crossEntropy',
    );
    expect(map.values.high).toBeCloseTo(-Math.log(0.8), 3);
  });

  test('what does not fit is said, and leaves no folder behind', async () => {
    const three = await judged(
      'never',
      '--probabilities',
      'Sure=png',
      '--classes',
      'a,b,c',
      '--mask-values',
      '0,255,7',
    );
    expect(three.code).toBe(1);
    expect(three.err).toContain("judge: 'Sure' has no mask for c0, c1, c2, c3 of 4.");
    const pages = await judged(
      'begun',
      '--probabilities',
      'P=pages',
      '--classes',
      'a,b,c,d',
      '--mask-values',
      '0,255,7,8',
    );
    expect(pages.err).toContain(
      'has 2 channels or pages; of 4 classes (a, b, c, d) it should have 4, or 3 without the first.',
    );
    expect((await judged('never')).err).toContain(
      'Give --truth, and --predictions, --probabilities or --model.',
    );
    expect(existsSync(at('never'))).toBe(false);
  });
});

describe('segscape judge --model', () => {
  test('every loss of the run on a labelled set that it never saw', async () => {
    const { code, err } = await judged(
      'unseen',
      '--model',
      'run',
      '--images',
      'images',
      '--measures',
      'surfaceDice',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    const { losses, scores, comparisons, pictures } = factsOf('unseen');
    expect(losses).toEqual(['crossEntropy', 'dice']);
    expect(scores[0].images).toHaveLength(count);
    expect(comparisons).toHaveLength(1);
    expect(pictures.some(({ group }: { group: string }) => group === 'loss')).toBe(true);
    // As predict does, mask for mask.
    await segscape(folder, 'predict', 'run', 'images', '--out', 'made', '--loss', 'dice');
    await judged('again', '--predictions', 'dice=made', '--measures', '');
    expect(factsOf('again').scores[0].images[1]['iou.foreground']).toBe(
      scores[1].images[1]['iou.foreground'],
    );
  });

  test('needs the images, and as many classes', async () => {
    expect((await judged('never', '--model', 'run')).err).toContain(
      'judge: --model needs --images DIR, the images that it segments.',
    );
    const three = await judged(
      'never',
      '--model',
      'run',
      '--images',
      'images',
      '--classes',
      'a,b,c',
      '--mask-values',
      '0,255,7',
    );
    expect(three.err).toContain(
      'judge: the run tells 2 classes apart (background, foreground), the truth has 3 (a, b, c).',
    );
    expect(existsSync(at('never'))).toBe(false);
  });
});

import { random, type Storage } from '@segscape/core';
import { encodeSurface } from '@segscape/landscape/hdf5';
import { createRun, memoryStorage } from '@segscape/runs';
import type { ReportFacts, ScoreFact, SurfaceFact } from '../src/index.js';
import { syntheticPictures } from './synthetic-pictures.js';

/** A run folder as a study leaves it, without a study: shapes are plausible, numbers are invented and seeded. */
export interface SyntheticOptions {
  readonly losses?: readonly string[];
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly images?: number;
  /** Points along each axis of a surface. */
  readonly resolution?: number;
  /** Sides of the pictures. */
  readonly side?: number;
  readonly samples?: number;
  /** Epochs whose pictures were kept beside those of the scored weights. Default none. */
  readonly pictureEpochs?: readonly number[];
}

const starts = [9, 5, 13, 3];
const ends = [0.9, 0.912, 0.884, 0.921];

export async function syntheticRun(options: SyntheticOptions = {}): Promise<Storage> {
  const { losses = ['CE 1:1', 'CE 1:3', 'Focal γ=2', 'Dice'], seeds = [1, 2], epochs = 20 } = options;
  const { images = 8, resolution = 17, side = 128, samples = 2, pictureEpochs = [] } = options;
  const storage = memoryStorage();
  const run = await createRun(storage, {
    name: 'fundus-demo',
    data: { kind: 'phantom', split: { test: 0.25 } },
    model: { kind: 'unet', baseChannels: 16, depth: 4, norm: 'batch' },
    losses: losses.map((label) => ({ name: label })),
    training: { epochs, batchSize: 4, seeds, optimizer: { kind: 'adam', learningRate: 0.001 } },
  });
  const rng = random(11);

  const level = (l: number, epoch: number) =>
    ends[l % 4]! / (1 + Math.exp(-(epoch - (starts[l % 4]! * epochs) / 20) / (1.6 * (epochs / 20))));
  for (const [l, loss] of losses.entries())
    for (const seed of seeds)
      for (let epoch = 0; epoch <= epochs; epoch++) {
        const iou = Math.max(0, level(l, epoch) + 0.012 * rng.normal());
        const of = (gap: number) => {
          const value = Math.min(1, Math.max(0, iou - gap + 0.008 * rng.normal()));
          return {
            loss: (l === 2 ? 0.25 : 1) * (0.75 * (1 - value) ** 1.5 + 0.02 + gap / 4),
            pixelAccuracy: 0.9 + 0.096 * value,
            'iou.background': 0.88 + 0.11 * value,
            'iou.disc': value,
            'iou.mean': 0.44 + 0.55 * value,
            'dice.disc': (2 * value) / (1 + value),
            'confidence.background': 0.93 + 0.06 * value,
            'confidence.disc': value * (l === 2 ? 0.88 : 1),
            'areaRatio.disc': 0.6 + 0.45 * value,
          };
        };
        await run.recordEpoch({ loss, seed, epoch, measures: { train: of(0), test: of(0.03) } });
      }

  const difficulty = Array.from({ length: images }, () => 0.03 * rng.normal());
  const scores: ScoreFact[] = losses.flatMap((loss, l) =>
    seeds.map((seed) => ({
      loss,
      seed,
      images: Array.from({ length: images }, (_, i) => {
        const iou = Math.min(0.99, ends[l % 4]! + difficulty[i]! + 0.01 * rng.normal());
        return {
          id: `phantom-${String(i + 24).padStart(3, '0')}`,
          pixelAccuracy: 0.9 + 0.098 * iou,
          'iou.background': 0.88 + 0.11 * iou,
          'iou.disc': iou,
          'iou.mean': 0.44 + 0.55 * iou,
          'dice.disc': (2 * iou) / (1 + iou),
          'confidence.background': 0.95 + 0.04 * iou,
          'confidence.disc': iou * (l === 2 ? 0.9 : 1.02),
          'areaRatio.disc': 1.02,
        };
      }),
    })),
  );

  const surfaces: SurfaceFact[] = [];
  const axis = Float64Array.from({ length: resolution }, (_, i) => (2 * i) / (resolution - 1) - 1);
  for (const [l, loss] of losses.entries())
    for (const [m, moment] of (['start', 'middle', 'end'] as const).entries()) {
      const epoch = [0, Math.round(epochs / 3), epochs][m]!;
      const name = `surface-${l}-epoch-${epoch}`;
      const values = Object.fromEntries(
        losses.map((evaluated, e) => [
          evaluated,
          Float32Array.from({ length: resolution ** 2 }, (_, i) => {
            const [x, y] = [axis[i % resolution]!, axis[Math.floor(i / resolution)]!];
            const bowl = x * x * (1.4 + 0.3 * l) + y * y * (0.8 + 0.2 * l) + 0.5 * x * y;
            const ripples = 0.12 * (1 - m / 3) * (Math.sin(5 * x + l) * Math.cos(4 * y) + 1);
            const height = [0.55, 0.14, 0.03][m]! + bowl * [0.15, 1.2, 1.8][m]! + ripples;
            return e === 3 ? 1 - 1 / (1 + 1.6 * height) : height * [1, 1.4, 0.3][e % 3]!;
          }),
        ]),
      );
      await run.writeLandscape(
        name,
        await encodeSurface({
          x: axis,
          y: axis,
          values,
          attributes: { trainedWith: loss, epoch, batchNorm: 'frozen' },
        }),
      );
      surfaces.push({ name, loss, seed: seeds[0]!, epoch, moment });
    }

  const pictures = await syntheticPictures(run, { losses, side, samples, epochs: pictureEpochs });

  const pairs = losses.flatMap((a, i) => losses.slice(i + 1).map((b) => ({ a, b })));
  const facts: ReportFacts = {
    title: 'Optic discs of procedural fundus images',
    losses,
    seeds,
    classes: ['background', 'disc'],
    foreground: 'disc',
    material: {
      dataset: { kind: 'phantom', length: 32, classes: ['background', 'disc'] },
      classes: ['background', 'disc'],
      train: 24,
      test: images,
      shares: [0.908, 0.092],
      sizes: { smallest: [side, side], largest: [side, side] },
      channels: 3,
      parameters: 482_514,
    },
    environment: [
      {
        started: '2026-01-02T03:04:05.678Z',
        backend: 'cpu',
        precision: 'float32',
        executor: 'onnxruntime',
        platform: 'linux x64, Node 20',
        versions: { '@segscape/study': '1.2.3', '@tensorflow/tfjs-core': '4.22.0' },
      },
    ],
    pictures,
    surfaces,
    scores,
    comparisons: pairs.map(({ a, b }, i) => {
      const p = [0.21, 0.008, 0.016, 0.008, 0.31, 0.0078][i % 6]!;
      return {
        measure: 'iou.disc',
        a,
        b,
        difference: ends[losses.indexOf(a) % 4]! - ends[losses.indexOf(b) % 4]!,
        p,
        pHolm: Math.min(1, p * (6 - (i % 6))),
        effect: 0.6 - 0.2 * i,
        n: images,
      };
    }),
    minutes: 3.4,
  };
  await storage.write('report.json', JSON.stringify(facts));
  return storage;
}

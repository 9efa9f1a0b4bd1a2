import type { Storage } from '@segscape/core';
import type { EvidenceFacts, LineFact, ReportFacts } from '../src/index.js';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.js';

/** Along four directions, with what is chance in the choice of images. */
const line: LineFact = {
  x: [-1, -0.5, 0, 0.5, 1],
  directions: 4,
  mean: [2, 0.5, 0.1, 0.115, 3],
  spread: [0.5, 0.2, 0, 0.2, 0.6],
  images: { count: 8, mean: [2, 0.5, 0.1, 0.6, 3], low: [1, 0.3, 0, 0.4, 2], high: [3, 0.7, 0.2, 0.8, 4] },
};

/** What explains a result beside scores and surfaces. */
function evidenceOf(losses: readonly string[], epochs: readonly number[]): EvidenceFacts {
  const curve = { mean: [3, 2, 1], low: [2, 1.5, 0.5], high: [9, 3, 2] };
  return {
    dataSheet: {
      images: 32,
      of: 32,
      groups: 20,
      classes: [
        {
          name: 'disc',
          share: 0.018,
          without: 2,
          objects: 1,
          diameters: [9, 12, 20],
          width: 11,
          elongation: 0.8,
        },
      ],
      ignored: 0.01,
      spacing: { images: 30, smallest: [2, 2], largest: [4, 4] },
      findings: [
        { kind: 'rare', level: 'note', text: 'disc is 1.8 % of the pixels.' },
        {
          kind: 'empty',
          level: 'warning',
          text: '2 of 32 images have no disc.',
          images: ['ada-01', 'ada-02'],
        },
      ],
      proposals: [
        {
          label: 'CE',
          reason: 'What others are measured against.',
          paper: 'A paper',
          compared: [losses[0]!],
        },
        { label: 'Focal', reason: 'disc is rare.', paper: 'Another', compared: [] },
      ],
    },
    gradientCosines: losses.flatMap((loss) =>
      epochs.map((epoch) => ({
        loss,
        epoch,
        losses,
        cosines: losses.map((_, i) => losses.map((__, k) => (i === k ? 1 : 0.4 - Math.abs(i - k) / 4))),
      })),
    ),
    similarities: losses.slice(1).map((b) => ({
      a: losses[0]!,
      b,
      rows: ['encoder.0', 'bottleneck'],
      columns: ['encoder.0', 'bottleneck'],
      values: [
        [0.9, 0.2],
        [0.1, 0.5],
      ],
      images: 8,
      places: 512,
    })),
    steps: losses.map((loss) => ({
      loss,
      seed: 1,
      steps: [10, 20, 30],
      value: curve,
      gradientNorm: curve,
      learningRate: [1e-3, 5e-4, 0],
    })),
  };
}

/**
 * A run that recorded everything that a report has a section for.
 * @param options of the run beneath it.
 * @param losses told to add facts of the reader's own.
 */
export async function fullRun(
  options: SyntheticOptions,
  more: (facts: ReportFacts) => Partial<ReportFacts> = () => ({}),
): Promise<Storage> {
  const storage = await syntheticRun(options);
  const facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
  const { losses, surfaces, classes } = facts;
  const epochs = [0, options.epochs ?? 20];
  const station = (l: number) => epochs.map((epoch) => ({ epoch, x: (epoch / epochs[1]!) * 0.4, y: l / 9 }));
  const whole: ReportFacts = {
    ...facts,
    trust: surfaces.map(({ name, loss }) => ({
      name,
      loss,
      sentence: 'It holds 3 %.',
      noiseFloor: 0.01,
      ...(name.endsWith(`epoch-${epochs[1]}`) && { line }),
    })),
    ...evidenceOf(losses, epochs),
    curvature: losses.flatMap((loss, l) =>
      epochs.map((epoch) => ({
        loss,
        seed: 1,
        epoch,
        eigenvalues: [{ value: 9 - l, error: 0.1 }],
        trace: 20 + epoch,
        standardError: 2,
        sharpness: 0.3,
      })),
    ),
    weightChange: losses.map((loss, l) => ({
      loss,
      seed: 1,
      epochs,
      layers: Array.from({ length: 2 }, (_, i) => ({ layer: `layer ${i}`, size: 4, relative: [0, i + l] })),
    })),
    forensics: losses.flatMap((loss) =>
      epochs.map((epoch) => ({
        loss,
        epoch,
        shares: {
          [loss]: {
            class: classes.map((group, c) => ({ group, pixels: 0.5, share: c === 0 ? 0.9 : 0.1 })),
            border: ['< 2 px', '≥ 2 px'].map((group, b) => ({ group, pixels: 0.5, share: b / 2 })),
            size: ['< 40 px', '≥ 40 px'].map((group, b) => ({ group, pixels: 0.05, share: b / 4 })),
            mistake: [{ group: 'right', pixels: 0.9, share: 0.4 }],
          },
        },
      })),
    ),
    weightShares: losses.flatMap((loss) =>
      epochs.slice(-2).map((epoch) => ({
        loss,
        epoch,
        shares: {
          [loss]: {
            class: classes.map((group, c) => ({ group, pixels: 0.5, share: c === 0 ? 1.2 : -0.2 })),
          },
        },
      })),
    ),
    profiles: losses.map((loss, l) => ({
      loss,
      p: [0.1, 0.5, 0.9],
      values: [2.3 + l, 0.7, 0.1],
      slopes: [-10, -2, -1.1],
    })),
    calibration: losses.map((loss) => ({
      loss,
      seed: 1,
      classes: classes.map((name) => ({
        name,
        error: 0.1,
        bins: [{ count: 30, confidence: 0.5, accuracy: 0.4 }],
      })),
      trueClass: [1, 0, 3, 60],
    })),
    learningRates: {
      measure: 'iou.disc',
      losses: losses.map((loss, l) => ({
        loss,
        rate: 1e-3,
        tried: [
          { rate: 1e-2, epochs: 1, value: Number.NaN },
          { rate: 1e-3, epochs: 8, value: 0.7 + l / 20 },
          { rate: 3e-4, epochs: 2, value: 0.4 },
        ],
      })),
    },
    maps: [
      {
        name: surfaces[0]!.name,
        kind: 'minima',
        minima: {},
        paths: Object.fromEntries(losses.map((loss, l) => [loss, station(l)])),
        explainedVariance: [0.7, 0.2],
      },
      {
        name: surfaces[0]!.name,
        kind: 'path',
        loss: losses[0]!,
        paths: { [losses[0]!]: station(0) },
        explainedVariance: [0.7, 0.2],
      },
    ],
  };
  await storage.write('report.json', JSON.stringify({ ...whole, ...more(whole) }));
  return storage;
}

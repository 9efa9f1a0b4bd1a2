import type { Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import {
  colourise,
  type ExperimentFact,
  type ExperimentPictureFact,
  encodePng,
  outlineMask,
  packedRange,
  packValues,
  type ReportFacts,
} from '../src/index.js';
import { disc, fundus } from './synthetic-images.js';

export interface ExperimentOptions {
  readonly losses: readonly string[];
  /** Ids of the images. */
  readonly images?: readonly string[];
  readonly side?: number;
  readonly iterations?: number;
  readonly every?: number;
  /** A loss that diverges half-way, on the first image. */
  readonly diverging?: string;
}

/** The single-image experiment of a study, drawn into the run folder; numbers are invented. The last loss is no loss of pixels. */
export async function syntheticExperiment(
  storage: Storage,
  { losses, images = ['few', 'many'], side = 24, iterations = 20, every = 10, diverging }: ExperimentOptions,
): Promise<ExperimentFact> {
  const run = await openRun(storage);
  const pictures: ExperimentPictureFact[] = [];
  const size = { height: side, width: side };
  const add = async (picture: ExperimentPictureFact, png: Uint8Array) => {
    await run.writeMap(picture.name, png);
    pictures.push(picture);
  };
  for (const [m, id] of images.entries()) {
    const image = fundus(side, side / 2, side / 2, m);
    const truth = disc(side, side / 2, side / 2, side * 0.2);
    const base = { group: 'prediction', sample: id } as const;
    await add({ ...base, name: `experiment/${id}/image`, title: 'Image' }, encodePng(image));
    await add(
      { ...base, name: `experiment/${id}/truth`, title: 'Truth' },
      encodePng(outlineMask(image, truth)),
    );
    for (const [l, loss] of losses.entries())
      for (let iteration = 0; iteration <= iterations; iteration += every) {
        const about = { sample: id, loss, iteration };
        const name = `experiment/${id}/${l}/${String(iteration).padStart(4, '0')}`;
        const seen = disc(side, side / 2, side / 2, (side * 0.2 * (1 + iteration)) / (1 + iterations));
        const values = Float32Array.from(
          { length: side * side },
          (_, i) => ((i % side) + 1 + l) / (iteration + 1),
        );
        const drawn = colourise(values, { ...size, scheme: 'jet', bar: true });
        await add(
          { ...about, name: `${name}-prediction`, group: 'prediction', title: 'Prediction' },
          encodePng(outlineMask(image, seen)),
        );
        await add(
          { ...about, name: `${name}-confidence`, group: 'confidence', title: '1 − confidence in the truth' },
          encodePng(drawn),
        );
        for (const [group, title] of [
          ['loss', 'Loss'],
          ['gradient', 'Gradient'],
        ] as const) {
          if (group === 'loss' && l === losses.length - 1) continue;
          const kept = { name: `${name}-${group}-values`, ...packedRange([values]) };
          await run.writeMap(kept.name, encodePng(packValues(values, { ...size, ...kept })));
          await add({ ...about, name: `${name}-${group}`, group, title, values: kept }, encodePng(drawn));
        }
      }
  }
  return {
    from: { epoch: 0, seed: 1 },
    iterations,
    every,
    images: images.map((id, m) => ({
      id,
      part: 'train',
      foreground: 0.02 + m / 10,
      ...(m < 2 && { rule: m === 0 ? ('little' as const) : ('much' as const) }),
    })),
    runs: images.flatMap((image, m) =>
      losses.map((loss, l) => {
        const lost = m === 0 && loss === diverging;
        const steps = Array.from({ length: lost ? iterations / 2 : iterations }, (_, i) => i);
        return {
          image,
          loss,
          learningRate: 1e-3,
          iterations: steps,
          values: Object.fromEntries(
            losses.map((seen, k) => [seen, steps.map((i) => (k + 1) / (i + 1 + l))]),
          ),
          gradientNorms: steps.map((i) => 2 / (i + 1)),
          file: `experiment/${image}/${l}.csv`,
          ...(lost && { diverged: iterations / 2 }),
        };
      }),
    ),
    pictures,
  };
}

/** Adds an experiment, or other facts, to a run's. */
export async function withFacts(
  storage: Storage,
  more: (facts: ReportFacts) => Partial<ReportFacts> | Promise<Partial<ReportFacts>>,
): Promise<Storage> {
  const facts = JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as ReportFacts;
  await storage.write('report.json', JSON.stringify({ ...facts, ...(await more(facts)) }));
  return storage;
}

import { centerCrop } from '@segscape/augment';
import { assertOption, ignoreLabel, random, type Sample, SegscapeError } from '@segscape/core';
import { batches, type Dataset, memoryDataset, resizeNearest } from '@segscape/data';
import { type Batch, inline, type Objective, randomDirection, surface } from '@segscape/landscape';
import { encodeSurface } from '@segscape/landscape/hdf5';
import type { SurfaceFact } from '@segscape/report';
import { pathName, type Run } from '@segscape/runs';
import { dispose } from '@tensorflow/tfjs-core';
import { largestTile } from '../chosen-network.js';
import { preparation } from '../fold-setup.js';
import { lossesObjective } from '../grid-objective.js';
import { covering, framed } from '../padding-and-crop.js';
import type { KnownNetwork } from '../predict/known-network.js';
import type { JudgeEvent } from './judge-event.js';
import type { JudgeOptions } from './judge-options.js';
import type { JudgedLoss } from './judged-losses.js';

type Losses = readonly JudgedLoss[];

/** Which images surfaces are of: evenly through the set, the same for every network. */
const spread = (length: number, samples: number): number[] =>
  Array.from({ length: Math.min(length, samples) }, (_, i) =>
    Math.floor((i * length) / Math.min(length, samples)),
  );

/** An image with its truth at the size that the network works on, its middle where it is large. */
async function sampleFor(
  { sized }: Pick<KnownNetwork, 'sized'>,
  { truth, images }: { readonly truth: Dataset; readonly images: Dataset },
  index: number,
): Promise<Sample> {
  const { id, mask } = await truth.get(index);
  const place = images.ids?.indexOf(id) ?? -1;
  if (place < 0)
    throw new SegscapeError('PAIR_MISSING', `judge: there is no image '${id}' among the images.`, {
      details: { id },
    });
  const image = sized((await images.get(place)).image);
  const { height, width } = image;
  const whole = { id, image, mask: resizeNearest(mask, height, width) };
  const size = [Math.min(height, largestTile), Math.min(width, largestTile)] as const;
  return centerCrop({ size })(whole, random(0));
}

/** Batches of one image each: their sizes differ. */
async function held(
  network: KnownNetwork,
  samples: readonly Sample[],
  { classes, losses }: { readonly classes: readonly string[]; readonly losses: Losses },
): Promise<Batch[]> {
  const prepare = preparation(losses);
  const found: Batch[] = [];
  const reading = batches(memoryDataset(samples, classes, { ignoreIndex: ignoreLabel }), {
    batchSize: 1,
    normalize: network.normalize,
    transform: (sample) => {
      const { height, width } = sample.mask;
      const { output, input } = covering(network.model, [height, width]);
      return framed(sample, output, input);
    },
    ...(prepare && { prepare }),
  });
  for await (const { images, labels, prepared } of reading) found.push({ images, ...prepared, labels });
  return found;
}

/** Every loss of what a network's output means. */
const objectiveOf = ({ model, logits }: KnownNetwork, losses: Losses): Objective =>
  lossesObjective({ apply: (params, images) => logits(model.apply(params, images)) }, losses);

/**
 * Draws around each network whose weights are known how every loss rises and falls on the judged images, over two seeded,
 * filter-normalised random directions (Li et al., 2018).
 * @returns what the report says of each surface; their grids lie in `landscapes/`.
 */
export async function* judgedSurfaces(
  run: Run,
  options: JudgeOptions,
  losses: Losses,
): AsyncGenerator<JudgeEvent, SurfaceFact[]> {
  const { truth, images, networks = {}, surfaces = {}, signal } = options;
  const { resolution = 15, range = 1, samples = 8, seed = 1, jit = {} } = surfaces;
  const names = Object.keys(networks);
  const facts: SurfaceFact[] = [];
  if (names.length === 0 || resolution === 0) return facts;
  assertOption(
    Number.isInteger(resolution) && resolution > 1,
    'judge',
    'surfaces.resolution',
    resolution,
    'be 0, or at least 2 points along each side',
  );
  if (images === undefined)
    throw new SegscapeError('BAD_OPTION', 'judge: surfaces need the images that networks see. Give images.', {
      details: { option: 'images' },
    });
  const together = names.find((name) => networks[name]!.overlapping);
  if (together !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: the classes of '${together}' overlap; surfaces are of one of them. Give ofClass(network, c).`,
      { details: { option: 'networks', value: together } },
    );
  const chosen = spread(truth.length, samples);
  const points = resolution * resolution;
  const runner = inline(jit);
  try {
    for (const [at, [label, network]] of Object.entries(networks).entries()) {
      const { model, params } = network;
      const seen = await Promise.all(chosen.map((index) => sampleFor(network, { truth, images }, index)));
      const own = await held(network, seen, { classes: truth.classes, losses });
      const isTrainable = (key: string) => model.isTrainable(key);
      const directions = [0, 1].map((k) =>
        randomDirection(params, { seed: seed + k, norm: 'filter', isTrainable }),
      ) as [typeof params, typeof params];
      const frozen = Object.keys(model.shapes).some((key) => !model.isTrainable(key));
      const axis = [-range, range, resolution] as const;
      try {
        const events = surface({
          objective: objectiveOf(network, losses),
          params,
          directions,
          x: axis,
          y: axis,
          batches: own,
          runner,
          attributes: { network: label, directionSeed: seed, ...(frozen && { batchNorm: 'frozen' }) },
          ...(signal && { signal }),
        });
        for await (const event of events) {
          if (event.type === 'point')
            yield {
              type: 'progress',
              stage: 'surfaces',
              completed: at * points + event.completed,
              total: names.length * points,
              label,
            };
          if (event.type !== 'done') continue;
          if (event.stopped) throw new SegscapeError('ABORTED', 'judge: stopped while it drew surfaces.');
          const name = pathName(label);
          await run.writeLandscape(name, await encodeSurface(event.result));
          facts.push({ name, loss: label, seed: 0, epoch: 0, moment: '' });
        }
      } finally {
        dispose([...directions, ...own.flatMap((batch) => Object.values(batch))]);
      }
    }
    return facts;
  } finally {
    await runner.dispose();
  }
}

import type { Raster } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { activationMaximisation, type Batch as GridBatch } from '@segscape/landscape';
import { encodePng, type FilterFact, toRgb } from '@segscape/report';
import { pathName } from '@segscape/runs';
import { dispose, mean, moments, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { filterLayers } from '../plan/filter-layers.js';
import { selectionOf } from '../plan/selection.js';
import { loadSelected } from './checkpoints.js';
import type { TaskContext } from './context.js';
import type { Ended } from './shown-networks.js';

/** About the sides of a picture, in pixels. */
const side = 64;

/** Mean and standard deviation of the intensities that the network sees. */
async function intensities(held: readonly GridBatch[]): Promise<{ middle: number; deviation: number }> {
  const { images } = held[0] as unknown as { images: Tensor };
  const found = tidy(() => {
    const { mean: middle, variance } = moments(images);
    return [mean(middle), mean(variance)];
  });
  const [middle, variance] = await Promise.all(found.map(async (value) => (await value.data())[0]!));
  dispose(found);
  return { middle: middle!, deviation: Math.sqrt(variance!) };
}

/** A picture from its smallest to its largest value, grey of other than three channels. */
function pictureOf(
  image: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Raster {
  const shown = channels === 3 ? 3 : 1;
  const values = Float32Array.from({ length: height * width * shown }, (_, i) =>
    shown === 3
      ? image[i]!
      : image.subarray(i * channels, (i + 1) * channels).reduce((total, value) => total + value, 0) /
        channels,
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const data = Uint8Array.from(values, (value) => (255 * (value - low)) / (high - low || 1));
  return toRgb({ data, height, width, channels: shown });
}

/** Pictures that excite the first filters of some layers of the scored network of each loss, if the config asks. */
export async function filterPictures(
  context: TaskContext,
  ended: readonly Pick<Ended, 'task'>[],
  held: readonly GridBatch[],
): Promise<FilterFact[]> {
  const { config, setup, run, jit, signal } = context;
  const { filters } = config.landscape;
  if (filters === undefined || setup.volumes || held.length === 0) return [];
  const { model, summary } = setup;
  const [height, width] = model.inputSizeFor([side, side] as const);
  const size = [height, width, summary.channels] as const;
  const { middle, deviation } = await intensities(held);
  const facts: FilterFact[] = [];
  for (const { task } of ended) {
    const { label: loss } = task.named;
    const selected = await loadSelected(run, { loss, seed: task.seed, fold: 0 }, selectionOf(config, setup));
    const params = toParams(selected.params);
    try {
      for (const layer of filterLayers(context)) {
        const all = tidy(() => model.apply(params, zeros([1, ...size]), { tap: layer }).shape.at(-1)!);
        const found = await activationMaximisation({
          activations: (weights, images) => model.apply(weights, images, { tap: layer }),
          params,
          filters: Array.from({ length: Math.min(filters.count, all) }, (_, k) => k),
          size,
          middle,
          // A step is a part of what images themselves differ by.
          deviation: deviation / 2,
          rate: deviation / 4,
          steps: filters.steps,
          seed: config.landscape.seed,
          jit,
          ...(signal && { signal }),
        });
        for (const { filter, image, before, after } of found) {
          const name = `filters/${pathName(loss)}/${pathName(layer)}-${filter}`;
          await run.writeMap(name, encodePng(pictureOf(image, size)));
          facts.push({ name, loss, epoch: selected.epoch, layer, filter, before, after });
        }
      }
    } finally {
      dispose(Object.values(params));
    }
  }
  return facts;
}

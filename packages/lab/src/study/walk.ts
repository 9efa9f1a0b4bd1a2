import type { Params, Sample, Storage } from '@segscape/core';
import { randomDirection } from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { openRun } from '@segscape/runs';
import { add, dispose, mul, tidy } from '@tensorflow/tfjs-core';
import { checkpointNames } from './checkpoint-names.js';
import type { DataConfig } from './known-datasets.js';
import { imagesOf, preparedSample, type RunImages } from './run-images.js';
import { networkOf, type RunNetwork, weightsAt } from './run-network.js';
import { type SeenImage, seenImage } from './seen-image.js';

/** Where to look from: a place of a surface, or a training as it was at an epoch of its path (without one, at its end). */
export type Standpoint =
  | { readonly surface: string; readonly x: number; readonly y: number }
  | { readonly loss: string; readonly seed: number; readonly epoch?: number };

export interface WalkRequest {
  readonly run: string;
  readonly from: Standpoint;
  /** Which picture of the run's images, or of those of the page Data where this browser lacks them. */
  readonly picture: number;
  readonly data: DataConfig;
  /** The loss whose values per pixel are shown. */
  readonly mapped: string;
}

export interface Walked {
  readonly seen: SeenImage;
  /** Pictures that there are. */
  readonly pictures: number;
  readonly own: boolean;
}

/** The ground under a surface: its middle and its two directions. */
interface Ground {
  readonly params: Params;
  readonly directions?: readonly [Params, Params];
}

/** Grounds in memory; a side-by-side of more networks loads some anew. */
const mostGrounds = 8;

/** The weights at a place of a plane; what has no direction stays. The caller disposes them. */
const weightsAtPlace = (
  params: Params,
  [across, up]: readonly [Params, Params],
  x: number,
  y: number,
): Params =>
  tidy(() =>
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => {
        const [dx, dy] = [across[name], up[name]];
        const shifted = dx && dy ? add(value, add(mul(dx, x), mul(dy, y))) : value.clone();
        return [name, shifted as typeof value];
      }),
    ),
  );

/** Looks at images with the networks of one run at a time, from any place of its surfaces. */
export class Walk {
  readonly #storageOf: (run: string) => Promise<Storage>;
  #run = '';
  #network: RunNetwork | undefined;
  #images: RunImages | undefined;
  #imagesKey = '';
  #sample: Sample | undefined;
  #sampleKey = '';
  readonly #grounds = new Map<string, Ground>();

  constructor(storageOf: (run: string) => Promise<Storage>) {
    this.#storageOf = storageOf;
  }

  /** One look. */
  async look({ run, from, picture, data, mapped }: WalkRequest): Promise<Walked> {
    const network = await this.#networkOf(run);
    const storage = await this.#storageOf(run);
    const { dataset, own } = await this.#imagesOf(network, data);
    const sample = await this.#sampleOf(network, picture % dataset.length);
    const { params, directions } = await this.#groundOf(network, storage, from);
    const place = 'surface' in from && directions;
    const weights = place ? weightsAtPlace(params, directions, from.x, from.y) : params;
    try {
      return { seen: await seenImage(network, weights, sample, mapped), pictures: dataset.length, own };
    } finally {
      if (weights !== params) dispose(weights);
    }
  }

  /** Forgets everything: the backend changes, or what was kept has. */
  leave(): void {
    for (const { params, directions } of this.#grounds.values()) dispose([params, ...(directions ?? [])]);
    this.#grounds.clear();
    this.#run = '';
    this.#network = undefined;
    this.#images = undefined;
    this.#imagesKey = '';
    this.#sample = undefined;
    this.#sampleKey = '';
  }

  async #networkOf(run: string): Promise<RunNetwork> {
    if (this.#network && run === this.#run) return this.#network;
    this.leave();
    this.#network = await networkOf(await this.#storageOf(run));
    this.#run = run;
    return this.#network;
  }

  async #imagesOf({ config }: RunNetwork, data: DataConfig): Promise<RunImages> {
    const key = JSON.stringify(data);
    if (this.#images && key === this.#imagesKey) return this.#images;
    this.#images = await imagesOf(config, data);
    this.#imagesKey = key;
    this.#sample = undefined;
    return this.#images;
  }

  async #sampleOf({ record }: RunNetwork, index: number): Promise<Sample> {
    const key = `${index}`;
    if (this.#sample && key === this.#sampleKey) return this.#sample;
    this.#sample = await preparedSample(this.#images!.dataset, index, record);
    this.#sampleKey = key;
    return this.#sample;
  }

  async #groundOf(network: RunNetwork, storage: Storage, from: Standpoint): Promise<Ground> {
    const name =
      'surface' in from ? from.surface : `:${checkpointNames.station(from.loss, from.seed, from.epoch)}`;
    const known = this.#grounds.get(name);
    if (known) return known;
    const [oldest] = this.#grounds;
    if (oldest && this.#grounds.size >= mostGrounds) {
      dispose([oldest[1].params, ...(oldest[1].directions ?? [])]);
      this.#grounds.delete(oldest[0]);
    }
    // A run knows the files that there were when it was opened; a study that is under way writes more.
    const now = { ...network, run: await openRun(storage) };
    const ground =
      'surface' in from
        ? await groundOf(now, from.surface)
        : await weightsAt(now, checkpointNames.station(from.loss, from.seed, from.epoch));
    this.#grounds.set(name, ground);
    return ground;
  }
}

/** The checkpoint in the middle of a surface, and the directions that it was drawn along, from their seeds. */
async function groundOf(network: RunNetwork, name: string): Promise<Ground> {
  const { attributes } = await decodeSurface(await network.run.readLandscape(name));
  const { trainedWith, seed, epoch, directionSeed } = attributes;
  const checkpoint = checkpointNames.epoch(String(trainedWith), Number(seed), Number(epoch));
  const { params } = await weightsAt(network, checkpoint);
  const { norm } = network.config.landscape;
  const isTrainable = (key: string) => network.model.isTrainable(key);
  const along = (k: number) =>
    randomDirection(params, { seed: Number(directionSeed) + k, norm, isTrainable });
  return { params, directions: [along(0), along(1)] };
}

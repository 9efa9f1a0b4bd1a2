import { isSegscapeError, type Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { dispose } from '@tensorflow/tfjs-core';
import { checkpointNames } from './checkpoint-names.js';
import { imagesOf, preparedSample } from './run-images.js';
import { networkOf, type RunNetwork, weightsAt } from './run-network.js';
import { type SeenImage, seenImage } from './seen-image.js';

/** What a network that is being trained makes of the watched picture. */
export interface LiveSight {
  readonly type: 'seen';
  readonly loss: string;
  readonly seed: number;
  readonly epoch: number;
  readonly seen: SeenImage;
  /** Pictures that there are to watch. */
  readonly pictures: number;
}

let watched = 0;

/** Which picture is watched from now on. */
export const watch = (picture: number): void => {
  watched = picture;
};

/** A sight takes at most this share of the time, so that training keeps its pace. */
const share = 0.1;
/** Least time from sight to sight of one training, milliseconds. */
const pause = 400;

/** Looks at the watched picture through the checkpoints of a study while it trains. */
export class LiveLook {
  readonly #storage: Storage;
  #network: RunNetwork | undefined;
  readonly #last = new Map<string, { readonly at: number; readonly took: number }>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** A sight through the newest weights of a training; nothing where it is too soon or none are kept yet. */
  async after(loss: string, seed: number, final: boolean): Promise<LiveSight | undefined> {
    const key = `${seed} ${loss}`;
    const before = this.#last.get(key);
    const now = performance.now();
    if (before && !final && now - before.at < Math.max(pause, before.took / share)) return undefined;
    try {
      this.#network ??= await networkOf(this.#storage);
      // A run knows the files that there were when it was opened; these are newer.
      const run = await openRun(this.#storage);
      const { params, epoch } = await weightsAt({ run }, checkpointNames.latest(loss, seed));
      try {
        const { dataset } = await imagesOf(this.#network.config, this.#network.config.data);
        const sample = await preparedSample(dataset, watched % dataset.length, this.#network.record);
        const seen = await seenImage(this.#network, params, sample, loss);
        this.#last.set(key, { at: now, took: performance.now() - now });
        return { type: 'seen', loss, seed, epoch, seen, pictures: dataset.length };
      } finally {
        dispose(params);
      }
    } catch (error) {
      if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

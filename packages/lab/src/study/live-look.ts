import { isSegscapeError, type Storage } from '@segscape/core';
import { type OpenRun, openedRun } from './open-run.js';
import { imagesOf } from './run-images.js';
import { type SeenImage, seenImage } from './sight-pictures.js';

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
  #open: OpenRun | undefined;
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
      this.#open ??= await openedRun(this.#storage);
      const { dataset } = await imagesOf(this.#open, this.#open.data);
      const picture = watched % dataset.length;
      const sight = await this.#open.sights.look({ loss, seed }, dataset, picture, { mapped: loss });
      this.#last.set(key, { at: now, took: performance.now() - now });
      return {
        type: 'seen',
        loss,
        seed,
        epoch: sight.epoch,
        seen: seenImage(sight),
        pictures: dataset.length,
      };
    } catch (error) {
      if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

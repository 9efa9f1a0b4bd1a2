import type { Storage } from '@segscape/core';
import type { SurfacePlace, TrainingMoment } from '@segscape/study';
import type { DataConfig } from './data-config.js';
import { type OpenRun, openedRun } from './open-run.js';
import { imagesOf } from './run-images.js';
import { type SeenImage, seenImage } from './sight-pictures.js';

/** Where to look from: a place of a surface, or a training as it was at an epoch of its path (without one, at its end). */
export type Standpoint = SurfacePlace | TrainingMoment;

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

/** Looks at images with the networks of one run at a time, from any place of its surfaces. */
export class Walk {
  readonly #storageOf: (run: string) => Promise<Storage>;
  #run = '';
  #open: OpenRun | undefined;

  constructor(storageOf: (run: string) => Promise<Storage>) {
    this.#storageOf = storageOf;
  }

  /** One look. */
  async look({ run, from, picture, data, mapped }: WalkRequest): Promise<Walked> {
    const open = await this.#opened(run);
    const { dataset, own } = await imagesOf(open, data);
    const sight = await open.sights.look(from, dataset, picture % dataset.length, { mapped });
    return { seen: seenImage(sight), pictures: dataset.length, own };
  }

  /** Forgets everything: the backend changes, or what was kept has. */
  async leave(): Promise<void> {
    const { sights } = this.#open ?? {};
    this.#open = undefined;
    await sights?.dispose();
  }

  async #opened(run: string): Promise<OpenRun> {
    if (this.#open && run === this.#run) return this.#open;
    await this.leave();
    this.#open = await openedRun(await this.#storageOf(run));
    this.#run = run;
    return this.#open;
  }
}

import type { Raster } from '@segscape/core';
import type { DataConfig } from '../study/data-config.js';
import { MaskPainting } from './mask-painting.js';

/** A picture of a dataset whose mask was painted. */
export interface PaintedPicture {
  readonly id: string;
  readonly index: number;
  readonly painting: MaskPainting;
}

interface Entry extends PaintedPicture {
  readonly data: string;
  /** The mask as it came, and as it was when it was last saved. */
  readonly first: Uint8Array;
  saved: Uint8Array;
}

const isEqual = (a: Uint8Array, b: Uint8Array) => a.every((value, i) => value === b[i]);

/** All masks under the brush, of any data: each is still there when one comes back to its picture. */
export class Paintings {
  readonly #entries = new Map<string, Entry>();

  /** The painting of a picture; begun with its mask where there is none yet. */
  open(config: DataConfig, index: number, id: string, { height, width, data: labels }: Raster): MaskPainting {
    const data = JSON.stringify(config);
    const key = JSON.stringify([data, id]);
    const painting = this.#entries.get(key)?.painting ?? new MaskPainting(height, width, labels);
    if (!this.#entries.has(key)) {
      const first = painting.data;
      this.#entries.set(key, { id, index, painting, data, first, saved: first });
    }
    return painting;
  }

  *#of(config: DataConfig): Generator<Entry> {
    const data = JSON.stringify(config);
    for (const entry of this.#entries.values()) if (entry.data === data) yield entry;
  }

  /** A picture that was opened. */
  find(config: DataConfig, id: string): PaintedPicture | undefined {
    return [...this.#of(config)].find((entry) => entry.id === id);
  }

  /** The pictures of a dataset whose masks are not as they came. */
  changed(config: DataConfig): PaintedPicture[] {
    return [...this.#of(config)].filter(({ painting, first }) => !isEqual(painting.data, first));
  }

  /** All of a dataset, or one picture of it, was saved as it is now. */
  save(config: DataConfig, id?: string): void {
    for (const entry of this.#of(config))
      if (id === undefined || entry.id === id) entry.saved = entry.painting.data;
  }

  /** Whether a tab that is closed now would lose something. */
  get unsaved(): boolean {
    return [...this.#entries.values()].some(({ painting, saved }) => !isEqual(painting.data, saved));
  }
}

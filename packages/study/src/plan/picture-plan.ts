import type { StudyConfig } from '../config/schema.js';

/** Epochs of pictures where a config says no number. */
const fewEpochs = 5;

/** Pixels of loss maps that a study draws of its own accord: some 30 MB of PNG. */
const mostPixels = 2 ** 24;

/** How large the pictures of a study are. */
export interface PictureSizes {
  /** Images that are shown. */
  readonly shown: number;
  /** Pixels of an image. */
  readonly pixels: number;
  /** Networks that pictures are of: one a loss. */
  readonly networks: number;
  /** Losses that are drawn per pixel, for each network. */
  readonly maps: number;
}

/** How much is drawn. */
export interface PicturePlan {
  /** Images whose loss maps are drawn, the first of those shown. */
  readonly mapped: number;
  /** Images that are drawn at other epochs, too, the first of those shown. */
  readonly followed: number;
  readonly epochs: readonly number[];
}

/** So many of some numbers, as evenly among them as can be; the first is one of them. */
function spread(all: readonly number[], count: number): number[] {
  if (count >= all.length) return [...all];
  const step = (all.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, i) => all[Math.round(i * step)]!);
}

/**
 * Which images and epochs have loss maps. The first `report.samples` always have them; what comes beside that, other images
 * and, of those first ones, other epochs, is bounded together, unless the config gives a number of epochs.
 * @param report of the config.
 * @param sizes of the study's pictures.
 * @param kept epochs whose weights are there for every network, ascending; of the beginning there are more.
 */
export function picturePlan(
  { samples, pictureEpochs }: StudyConfig['report'],
  { shown, pixels, networks, maps }: PictureSizes,
  kept: readonly number[],
): PicturePlan {
  const first = Math.min(samples, shown);
  const each = networks * maps * pixels;
  const left = Math.max(0, mostPixels - first * each);
  const fits = (of: number) => (each === 0 ? Number.POSITIVE_INFINITY : Math.floor(left / of));
  if (pictureEpochs !== undefined) {
    const wanted = pictureEpochs === 'last' ? 0 : pictureEpochs;
    return {
      mapped: Math.min(shown, first + fits(each)),
      followed: wanted === 0 ? 0 : first,
      epochs: spread(kept, wanted),
    };
  }
  const count = Math.min(fewEpochs, kept.length, fits(first * each));
  const rest = each === 0 ? shown - first : Math.floor((left - count * first * each) / each);
  return {
    mapped: Math.min(shown, first + rest),
    followed: count === 0 ? 0 : first,
    epochs: spread(kept, count),
  };
}

import type { StudyConfig } from '../config/schema.js';

/** How fast this machine is at this study, and how large it is; times in ms. */
export interface Pace {
  /** One training step, its data included. */
  readonly step: number;
  /** One batch scored. */
  readonly scored: number;
  /** Batches that are scored after every epoch. */
  readonly scoredBatches: number;
  /** Steps of one pass over the training images. */
  readonly pass: number;
  readonly trainings: number;
  /** Everything but the trainings: surfaces, the last scores. */
  readonly rest: number;
}

/** What a training does: its length, in the words of the config. */
export interface Length {
  readonly epochs: number;
  /** Passes over the training images in one epoch. */
  readonly repeats: number;
}

/** Epochs are how often a network is looked at: often enough to choose among, seldom enough to train meanwhile. */
const fewest = 4;
const most = 40;
/** Steps of an epoch, at the least, so that small sets learn between two looks. */
const between = 10;

/** Epochs that hold so many steps. */
export function lengthOf(steps: number, pass: number): Length {
  const epochs = Math.max(fewest, Math.min(most, Math.floor(steps / Math.max(between, pass))));
  const repeats = Math.max(1, Math.round(steps / (epochs * pass)));
  // Sets so large that a single pass an epoch is more than the budget: fewer epochs.
  return { epochs: Math.max(1, Math.min(epochs, Math.round(steps / (repeats * pass)))), repeats };
}

/** Milliseconds that a study of this length takes. */
export const durationOf = (
  { epochs, repeats }: Length,
  { step, scored, scoredBatches, pass, trainings, rest }: Pace,
): number => trainings * (epochs * repeats * pass * step + (epochs + 1) * scoredBatches * scored) + rest;

/** The longest trainings that end within so many minutes; one pass over the images where even that is more. */
export function lengthWithin(minutes: number, pace: Pace): Length {
  const { step, scored, scoredBatches, pass, trainings, rest } = pace;
  const each = (minutes * 60_000 - rest) / trainings;
  let best = lengthOf(1, pass);
  // More epochs are more looks, which take time too: the most steps whose looks still fit.
  for (let epochs = 1; epochs <= most; epochs++) {
    const left = each - (epochs + 1) * scoredBatches * scored;
    const repeats = Math.floor(left / (epochs * pass * step));
    if (repeats < 1) break;
    const steps = epochs * repeats * pass;
    const enough = epochs >= fewest && repeats * pass >= between;
    if (steps >= 0.9 * best.epochs * best.repeats * pass || (enough && best.epochs < fewest))
      best = { epochs, repeats };
  }
  return best;
}

/** The config with the length that its budget comes to. */
export const withLength = (config: StudyConfig, length: Length): StudyConfig => ({
  ...config,
  training: { ...config.training, ...length },
});

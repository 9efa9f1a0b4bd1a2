import type { StudyConfig } from '../config/schema.js';
import { epochsOfSearch, rungsOf } from './halving.js';

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
  /** The search for learning rates before them; absent without one. */
  readonly search?: SearchSize;
  /** Everything but the trainings: surfaces, the last scores. */
  readonly rest: number;
  /** What of the rest goes into surfaces; absent without any. */
  readonly surfaces?: SurfacePace;
}

/** How long all surfaces take, how fine their grid is, and how many images each point is evaluated on. */
interface SurfacePace {
  readonly time: number;
  readonly resolution: number;
  readonly samples: number;
}

/** Of a search for the learning rate of each loss. */
export interface SearchSize {
  readonly losses: number;
  /** Rates to choose among. */
  readonly candidates: number;
  /** Epochs that the last candidates train for. */
  readonly longest?: number;
  /** Batches that are scored after every epoch of a candidate. */
  readonly scoredBatches: number;
}

/** Epochs that all candidates of all losses train. */
const searchedEpochs = (epochs: number, search: SearchSize | undefined): number =>
  search === undefined
    ? 0
    : search.losses * epochsOfSearch(search.candidates, rungsOf(search.candidates, epochs, search.longest));

/** What a training does: its length, in the words of the config. */
export interface Length {
  readonly epochs: number;
  /** Passes over the training images in one epoch. */
  readonly repeats: number;
  /** Points along each axis of the surfaces, where those of the config take too much of a budget in minutes. */
  readonly resolution?: number;
  /** Images that a point of the surfaces is evaluated on, where even the coarsest grid takes too much. */
  readonly samples?: number;
}

/** Epochs are how often a network is looked at: often enough to choose among, seldom enough to train meanwhile. */
const fewest = 4;
const most = 40;
/** Steps of an epoch, at the least, so that small sets learn between two looks. */
const between = 10;

/** Steps that are nearer than this share to those asked for are as good as they. */
const near = 0.01;

/** Epochs that hold so many steps, or as nearly as whole passes over the images can. */
export function lengthOf(steps: number, pass: number): Length {
  const longest = Math.max(1, Math.floor(steps / (fewest * pass)));
  let best: Length = { epochs: 1, repeats: 1 };
  let least = Number.POSITIVE_INFINITY;
  for (let repeats = Math.min(longest, Math.ceil(between / pass)); repeats <= longest; repeats++) {
    const epochs = Math.max(1, Math.round(steps / (repeats * pass)));
    const off = Math.abs(epochs * repeats * pass - steps);
    if (epochs > most || off >= least) continue;
    best = { epochs, repeats };
    least = off;
    if (off <= near * steps) break;
  }
  return best;
}

/** Milliseconds that a study of this length takes. */
export function durationOf({ epochs, repeats, ...surfaces }: Length, pace: Pace): number {
  const { step, scored, scoredBatches, pass, trainings, search } = pace;
  const { rest } = withSurfaces(pace, surfaces);
  const searched = searchedEpochs(epochs, search);
  return (
    trainings * (epochs * repeats * pass * step + (epochs + 1) * scoredBatches * scored) +
    searched * (repeats * pass * step + (search?.scoredBatches ?? 0) * scored) +
    rest
  );
}

/** Of a budget in minutes the surfaces leave at least this share to the trainings. */
const trainingShare = 0.5;

/** Below this a surface shows no valley; odd, so that the network itself is its middle. */
const coarsest = 7;

/** A point evaluated on fewer images says more of them than of the loss. */
const fewestSamples = 2;

/**
 * The finest grid of the surfaces that leaves enough time for the trainings, and the most images a point where even the coarsest does
 * not; nothing where the config's do.
 */
function surfacesWithin(minutes: number, { rest, surfaces }: Pace): Pick<Length, 'resolution' | 'samples'> {
  const time = minutes * 60_000 * (1 - trainingShare);
  if (surfaces === undefined || rest <= time) return {};
  const { resolution, samples } = surfaces;
  const left = (share: number) => rest - surfaces.time * (1 - share);
  for (let finer = resolution - 1 - (resolution % 2); finer > coarsest; finer -= 2)
    if (left((finer / resolution) ** 2) <= time) return { resolution: finer };
  const least = Math.min(coarsest, resolution);
  for (let fewer = samples; fewer > fewestSamples; fewer--)
    if (left((least / resolution) ** 2 * (fewer / samples)) <= time)
      return { resolution: least, ...(fewer < samples && { samples: fewer }) };
  return { resolution: least, ...(fewestSamples < samples && { samples: fewestSamples }) };
}

/** The same with surfaces of another grid, over other images. */
function withSurfaces(pace: Pace, { resolution, samples }: Pick<Length, 'resolution' | 'samples'>): Pace {
  const { surfaces } = pace;
  if (surfaces === undefined) return pace;
  const [grid, images] = [resolution ?? surfaces.resolution, samples ?? surfaces.samples];
  const time = surfaces.time * (grid / surfaces.resolution) ** 2 * (images / surfaces.samples);
  return {
    ...pace,
    rest: pace.rest - surfaces.time + time,
    surfaces: { time, resolution: grid, samples: images },
  };
}

/**
 * The longest trainings that end within so many minutes; one pass over the images where even that is more. Where surfaces
 * would take more than half of the time, theirs is a coarser grid, and then one of fewer images a point.
 */
export function lengthWithin(minutes: number, pace: Pace): Length {
  const surfaces = surfacesWithin(minutes, pace);
  return { ...longestWithin(minutes, withSurfaces(pace, surfaces)), ...surfaces };
}

/** Of the steps that fit with the fewest looks, the share that is worth more looks. */
const stepsForLooks = 0.75;

/** More epochs are more looks, which take time too: as many as leave most of the steps that fit at all. */
function longestWithin(minutes: number, pace: Pace): Length {
  const { step, scored, scoredBatches, pass, trainings, search, rest } = pace;
  const each = (minutes * 60_000 - rest) / trainings;
  const fitting: Length[] = [];
  for (let epochs = 1; epochs <= most; epochs++) {
    // The search's share of each training: it is of epochs as long as the training's.
    const searched = searchedEpochs(epochs, search) / trainings;
    const looks = (epochs + 1) * scoredBatches + searched * (search?.scoredBatches ?? 0);
    const repeats = Math.floor((each - looks * scored) / ((epochs + searched) * pass * step));
    if (repeats < 1) break;
    fitting.push({ epochs, repeats });
  }
  const enough = fitting.filter(({ epochs, repeats }) => epochs >= fewest && repeats * pass >= between);
  const among = enough.length > 0 ? enough : fitting;
  const longest = Math.max(...among.map(({ epochs, repeats }) => epochs * repeats));
  return (
    among.findLast(({ epochs, repeats }) => epochs * repeats >= stepsForLooks * longest) ?? lengthOf(1, pass)
  );
}

/** The config with the length that its budget comes to. */
export const withLength = (
  config: StudyConfig,
  { epochs, repeats, resolution = config.landscape.resolution, samples = config.landscape.samples }: Length,
): StudyConfig => ({
  ...config,
  training: { ...config.training, epochs, repeats },
  landscape: { ...config.landscape, resolution, samples },
});

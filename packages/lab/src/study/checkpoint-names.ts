import { pathName } from '@segscape/runs';

const numbered = (epoch: number) => String(epoch).padStart(4, '0');

/** Where a study keeps the weights of its trainings, below `checkpoints/`. */
export const checkpointNames = {
  latest: (loss: string, seed: number) => `${pathName(loss)}/seed-${seed}/latest`,
  /** What a surface lies around. */
  epoch: (loss: string, seed: number, epoch: number) =>
    `${pathName(loss)}/seed-${seed}/epoch-${numbered(epoch)}`,
  /** A place of a path; without an epoch its end. */
  station: (loss: string, seed: number, epoch: number | undefined) =>
    epoch === undefined
      ? checkpointNames.latest(loss, seed)
      : `${pathName(loss)}/seed-${seed}/station-${numbered(epoch)}`,
};

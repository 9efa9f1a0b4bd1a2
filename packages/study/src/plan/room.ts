import { SegscapeError, type Storage } from '@segscape/core';

/** `3.2 GB`. */
function inBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${Number((bytes / 1000 ** step).toPrecision(2))} ${units[step]}`;
}

/**
 * Refuses a plan that the storage has no room for, before anything is trained.
 * @param undo what was begun, before it throws.
 * @throws {SegscapeError} `NOT_WRITABLE` with both sizes; a storage that cannot tell is taken to have room.
 */
export async function assertRoom(storage: Storage, bytes: number, undo: () => Promise<void>): Promise<void> {
  const free = await storage.free?.();
  if (free === undefined || bytes <= free) return;
  await undo();
  throw new SegscapeError(
    'NOT_WRITABLE',
    `runStudy: the run will take some ${inBytes(bytes)}, and ${inBytes(free)} are free where it is written. Free some space, choose another place, or keep less: training.keep: weights, fewer landscape.checkpoints, losses or seeds.`,
    { details: { bytes, free } },
  );
}

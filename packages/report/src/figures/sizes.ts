import { SegscapeError } from '@segscape/core';

const mostPixels = 20_000;

/** Refuses what is no side of a figure; without a value there is a default. */
export function assertPixels(where: string, name: string, value: number | undefined, least: number): void {
  if (value === undefined || (value >= least && value <= mostPixels)) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: ${name} (=${value}) must be from ${least} to ${mostPixels} pixels.`,
  );
}

/** Refuses what is no whole number from `least` to `most`; without a value there is a default. */
export function assertWhole(
  where: string,
  name: string,
  value: number | undefined,
  least: number,
  most: number,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: ${name} (=${value}) must be a whole number from ${least} to ${most}.`,
  );
}

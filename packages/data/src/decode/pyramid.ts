import { SegscapeError } from '@segscape/core';

interface Sides {
  readonly height: number;
  readonly width: number;
}

/** Which level of a pyramid: by its number, 0 the largest, or the smallest of enough size. */
export interface LevelChoice {
  readonly level?: number | undefined;
  readonly scale?: number | undefined;
}

/**
 * The level asked for by its number, or the smallest that has at least `scale` of the largest one's height and width.
 * @param levels their sizes, the largest first.
 * @throws {SegscapeError} `NOT_FOUND`.
 */
export function chosenLevel(where: string, levels: readonly Sides[], { level, scale }: LevelChoice): number {
  if (level !== undefined) {
    if (level < levels.length) return level;
    throw new SegscapeError(
      'NOT_FOUND',
      `${where}: there is no level ${level}; the pyramid has ${levels.length}, 0 to ${levels.length - 1}.`,
      { details: { level, levels: levels.length } },
    );
  }
  if (scale === undefined) return 0;
  const [first] = levels as [Sides];
  // Levels are halved with rounding: half of 5 may be 2.
  const enough = ({ height, width }: Sides) =>
    height >= Math.floor(scale * first.height) && width >= Math.floor(scale * first.width);
  return levels.reduce((best, sides, i) => (enough(sides) ? i : best), 0);
}

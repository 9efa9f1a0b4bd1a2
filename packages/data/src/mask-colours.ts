import { type Raster, SegscapeError } from '@segscape/core';

/**
 * Throws where two colours of a mask have one key, the largest channel: they would become one class in silence, though a
 * picture in colours tells things apart by them.
 * @param keys of the pixels, the largest channel of each.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN`, naming both.
 */
export function assertColoursApart(
  where: string,
  name: string,
  { data, channels }: Raster,
  keys: ArrayLike<number>,
  classes: readonly string[],
): void {
  if (channels !== 3) return;
  const alike = (a: number, b: number) =>
    data[a] === data[b] && data[a + 1] === data[b + 1] && data[a + 2] === data[b + 2];
  const seen = new Map<number, number>();
  for (let i = 0; i < data.length; i += 3) {
    // Masks are made of long runs; only where one ends is its key looked up.
    if (i > 0 && alike(i, i - 3)) continue;
    const key = keys[i / 3]!;
    const other = seen.get(key) ?? i;
    seen.set(key, other);
    if (alike(i, other)) continue;
    const [one, two] = [other, i].map((at) => `(${data.slice(at, at + 3).join(', ')})`);
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: mask '${name}' has the colours ${one} and ${two}, which are both ${key} where no colours are named. ` +
        `Give maskValues: a colour like '#ff0000' for each of ${classes.join(', ')}; or maskThreshold where all bright pixels are meant.`,
      { details: { name, value: key, classes } },
    );
  }
}

import { SegscapeError } from '@segscape/core';

/** The values of a loss. @throws {SegscapeError} `BAD_OPTION` when there is none, `NOT_FINITE` when none is finite. */
export function lossOf(
  where: string,
  { values }: { readonly values: Readonly<Record<string, Float32Array>> },
  loss: string,
): Float32Array {
  const z = Object.hasOwn(values, loss) ? values[loss] : undefined;
  if (z === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: loss (='${loss}') must be one of ${Object.keys(values).join(', ')}.`,
    );
  if (!z.some(Number.isFinite))
    throw new SegscapeError('NOT_FINITE', `${where}: '${loss}' is finite nowhere.`);
  return z;
}

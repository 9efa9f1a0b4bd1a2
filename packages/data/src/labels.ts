import { type Sample, SegscapeError } from '@segscape/core';

/**
 * Throws unless every label of a sample's mask is the index of a class or one of `others` (void). With one class, 1 is
 * allowed too: the foreground of a network with one output.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN`, with the sample's id and the value; `SHAPE_MISMATCH` when the mask has
 * several channels.
 */
export function assertSampleLabels(
  where: string,
  { id, mask }: Sample,
  classes: readonly string[],
  ...others: readonly (number | undefined)[]
): void {
  if (mask.channels !== 1)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: the mask of sample '${id}' has ${mask.channels} channels; expected one, of class indices.`,
      { details: { id, channels: mask.channels } },
    );
  const top = Math.max(2, classes.length);
  const { data } = mask;
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (label >= 0 && label < top && Number.isInteger(label)) continue;
    if (others.includes(label)) continue;
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: the mask of sample '${id}' has the label ${label}; known are 0 to ${classes.length - 1} ` +
        `(${classes.join(', ')})${others.filter((other) => other !== undefined).map((other) => ` and ${other} (void)`)}. ` +
        'Map stored values to classes with maskValues, or say with ignoreValues (ignoreIndex of memoryDataset) that they are void.',
      { details: { id, label, classes } },
    );
  }
}

import { SegscapeError } from '@segscape/core';

/**
 * Checks a list of numbers, one for each image or run; NaN is a number that is not there.
 * @throws {SegscapeError} `BAD_OPTION` for anything but numbers: a text or null would become NaN, or 0, in silence.
 */
export function assertNumbers(where: string, name: string, values: unknown): void {
  const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && 'length' in values);
  const list = isList ? Array.from(values as ArrayLike<unknown>) : [];
  const at = list.findIndex((value) => typeof value !== 'number');
  if (isList && at < 0) return;
  const odd = isList ? list[at] : values;
  const place = isList ? `${name}[${at}]` : name;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: ${place} (=${typeof odd === 'string' ? `'${odd}'` : String(odd)}) must be ${isList ? 'a number; NaN is one that is missing' : 'a list of numbers'}.`,
    { details: { name, value: odd } },
  );
}

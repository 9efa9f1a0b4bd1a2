import { assertOption, ignoreLabel, type Raster, SegscapeError } from '@segscape/core';
import { insideAndBoundary, objectIds } from './instances.js';
import { assertColoursApart } from './mask-colours.js';
import { assertGrayOrColour } from './mask-form.js';
import type { MaskOptions } from './mask-options.js';
import { type MaskTable, maskTable, shownKey } from './mask-table.js';

/** From a mask as read, without alpha, to one channel of class indices; `name` is for errors. */
export type MaskReader = (raster: Raster, name: string) => Raster;

/** One number a pixel: of grays the value, of colours `0xrrggbb`, or without colours the largest channel. */
function keyed({ data, channels }: Raster, colours: boolean): ArrayLike<number> {
  if (channels === 1 && !colours) return data;
  const pixels = data.length / channels;
  const keys = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const r = data[i * channels]!;
    const g = channels === 1 ? r : data[i * channels + 1]!;
    const b = channels === 1 ? r : data[i * channels + 2]!;
    keys[i] = colours ? (r << 16) | (g << 8) | b : Math.max(r, g, b);
  }
  return keys;
}

function assertLabels(where: string, classes: readonly string[], options: MaskOptions): void {
  const { labels = 'classes', maskThreshold, maskValues } = options;
  if (maskThreshold !== undefined) {
    assertOption(
      classes.length === 2,
      where,
      'maskThreshold',
      maskThreshold,
      'be used with two classes only',
    );
    assertOption(
      maskValues === undefined,
      where,
      'maskThreshold',
      maskThreshold,
      'not be given with maskValues',
    );
  }
  if (labels === 'classes') return;
  const fits = classes.length === 2 || (labels === 'instances' && classes.length === 3);
  assertOption(
    fits,
    where,
    'labels',
    labels,
    'have two classes (or background, inside and boundary for instances)',
  );
  const alone = maskThreshold === undefined && maskValues === undefined;
  assertOption(alone, where, 'labels', labels, 'not be given with maskValues or maskThreshold');
}

/**
 * Makes the function that turns stored mask values into class indices, void ones into `ignoreLabel`; volumes too.
 * The function throws `MASK_VALUE_UNKNOWN`, naming the file and the value, when no class has it or two readings are
 * possible (two colours of one brightness, where none are named), and `UNSUPPORTED_FORMAT` for masks that are neither gray nor RGB.
 */
export function maskReader(where: string, classes: readonly string[], options: MaskOptions): MaskReader {
  const { maskThreshold, labels = 'classes', ignoreValues } = options;
  assertOption(
    classes.length >= 1 && classes.length <= 256,
    where,
    'classes',
    classes,
    'have 1 to 256 names',
  );
  assertLabels(where, classes, options);
  const table = maskTable(where, classes, options);
  const ignored = (key: number) => table.classOf.get(key) === ignoreLabel && ignoreValues !== undefined;
  return (raster, name) => {
    assertGrayOrColour(where, raster, name);
    const keys = keyed(raster, table.colours);
    const { data: _, ...form } = raster;
    const made = (data: Uint8Array): Raster => ({ ...form, data, channels: 1 });
    if (labels !== 'classes') {
      const data = objectIds(where, name, raster, keys, ignored);
      const objects = insideAndBoundary({ ...raster, data, channels: 1 });
      const boundary = labels === 'boundaries' ? 1 : classes.length - 1;
      const inside = labels === 'boundaries' ? 0 : 1;
      return made(objects.map((kind, i) => (ignored(keys[i]!) ? ignoreLabel : [0, inside, boundary][kind]!)));
    }
    if (maskThreshold === undefined) {
      if (!table.colours) assertColoursApart(where, name, raster, keys, classes);
      return made(looked(where, name, keys, table, classes));
    }
    const data = new Uint8Array(keys.length);
    for (let i = 0; i < data.length; i++)
      data[i] = ignored(keys[i]!) ? ignoreLabel : keys[i]! > maskThreshold ? 1 : 0;
    return made(data);
  };
}

/** Looks every key up. */
function looked(
  where: string,
  name: string,
  keys: ArrayLike<number>,
  table: MaskTable,
  classes: readonly string[],
): Uint8Array {
  const data = new Uint8Array(keys.length);
  const found = new Set<number>();
  let lastKey = Number.NaN;
  let lastClass = 0;
  for (let i = 0; i < data.length; i++) {
    const key = keys[i]!;
    // Masks are made of long runs; the table is asked only where one ends.
    if (key !== lastKey) {
      const known = table.classOf.get(key);
      if (known === undefined) throw unknownValue(where, name, key, keys, table, classes);
      [lastKey, lastClass] = [key, known];
      found.add(key);
    }
    data[i] = lastClass;
  }
  if (table.alike?.every((key) => found.has(key)))
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: mask '${name}' holds 1 and 255, and 255 can be read in two ways. If it is void, give ignoreValues: [255]; ` +
        `if it is ${classes[1]} as well, give maskValues: [0, [1, 255]].`,
      { details: { name, value: 255, classes } },
    );
  return data;
}

function unknownValue(
  where: string,
  name: string,
  key: number,
  keys: ArrayLike<number>,
  { classOf, colours }: MaskTable,
  classes: readonly string[],
): SegscapeError {
  const show = (value: number) => shownKey(value, colours);
  const found = new Set<number>();
  for (let i = 0; i < keys.length && found.size <= 12; i++) found.add(keys[i]!);
  const listed = [...found].sort((a, b) => a - b).map(show);
  const known = [...classOf].map(([value, index]) => `${show(value)} (${classes[index] ?? 'void'})`);
  const lossy = 'maskThreshold: 127 for a lossy mask';
  const advice =
    classes.length !== 2 || found.size <= 2
      ? `Give maskValues: a value for each of ${classes.join(', ')}.`
      : found.size > 12
        ? `Give maskValues, or ${lossy}.`
        : `Name all of its classes (classes), give maskValues for those that are meant, or ${lossy}.`;
  return new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: mask '${name}' has the value ${show(key)}; known are ${known.join(', ')}; ` +
      `the file holds ${found.size > 12 ? 'more than 12 values' : listed.join(', ')}. ${advice}`,
    { details: { name, value: colours ? show(key) : key, classes } },
  );
}

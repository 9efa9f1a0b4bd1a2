import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { withoutAlpha } from './channels.js';

/** A stored value: a number, or a colour as `'#rrggbb'`. */
export type MaskValue = number | string;

/** For each class its stored value or values, in the order of the classes or by their names. */
export type MaskValues =
  | readonly (MaskValue | readonly MaskValue[])[]
  | Readonly<Record<string, MaskValue | readonly MaskValue[]>>;

export interface MaskOptions {
  /**
   * Stored values of the classes. Default, for two classes: 0 is the first, 1 and 255 (the ends of 1-bit and 8-bit
   * masks) the second; for more: the class indices themselves.
   */
  readonly maskValues?: MaskValues;
  /** For two classes, instead of `maskValues`: values above it are the second class. For lossy (JPEG) masks, 127. */
  readonly maskThreshold?: number;
}

/** From a mask as read to one channel of class indices; `name` is for errors. */
export type MaskReader = (raster: Raster, name: string) => Raster;

const colourOf = (text: string) => /^#[0-9a-f]{6}$/i.test(text) && Number.parseInt(text.slice(1), 16);

/** True when some class is given as a colour, so palettes must be looked up. */
export function namesColours(values: MaskValues | undefined): boolean {
  return (
    values !== undefined &&
    Object.values(values)
      .flat()
      .some((value) => typeof value === 'string')
  );
}

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

function tableOf(
  where: string,
  classes: readonly string[],
  values: MaskValues | undefined,
): Map<number, number> {
  const table = new Map<number, number>();
  if (values === undefined) {
    if (classes.length === 2)
      return new Map([
        [0, 0],
        [1, 1],
        [255, 1],
      ]);
    for (const index of classes.keys()) table.set(index, index);
    return table;
  }
  const list: readonly (MaskValue | readonly MaskValue[])[] = Array.isArray(values)
    ? values
    : classes.map((name) => (values as Readonly<Record<string, MaskValue>>)[name] ?? []);
  const strange = Array.isArray(values)
    ? undefined
    : Object.keys(values).find((name) => !classes.includes(name));
  assertOption(
    strange === undefined,
    where,
    'maskValues',
    strange,
    `name only classes: ${classes.join(', ')}`,
  );
  assertOption(
    list.length === classes.length,
    where,
    'maskValues',
    values,
    `give a value for each of the ${classes.length} classes (${classes.join(', ')})`,
  );
  for (const [index, own] of list.entries())
    for (const value of [own].flat() as MaskValue[]) {
      const key = typeof value === 'string' ? colourOf(value) : value;
      assertOption(key !== false, where, 'maskValues', value, "be a number or a colour like '#ff0000'");
      assertOption(!table.has(key), where, 'maskValues', value, 'belong to one class only');
      table.set(key, index);
    }
  return table;
}

const show = (key: number, colours: boolean) =>
  colours ? `'#${key.toString(16).padStart(6, '0')}'` : String(key);

/**
 * Makes the function that turns stored mask values into class indices.
 * The function throws `MASK_VALUE_UNKNOWN`, naming the file and the value, when no class has it.
 */
export function maskReader(
  where: string,
  classes: readonly string[],
  { maskValues, maskThreshold }: MaskOptions,
): MaskReader {
  assertOption(
    classes.length >= 1 && classes.length <= 256,
    where,
    'classes',
    classes,
    'have 1 to 256 names',
  );
  const colours = namesColours(maskValues);
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
  const table = tableOf(where, classes, maskValues);
  return (raster, name) => {
    const plain = withoutAlpha(raster);
    const keys = keyed(plain, colours);
    const data = new Uint8Array(keys.length);
    if (maskThreshold !== undefined)
      for (let i = 0; i < data.length; i++) data[i] = keys[i]! > maskThreshold ? 1 : 0;
    else {
      let lastKey = Number.NaN;
      let lastClass = 0;
      for (let i = 0; i < data.length; i++) {
        const key = keys[i]!;
        // Masks are made of long runs; the table is asked only where one ends.
        if (key !== lastKey) {
          const known = table.get(key);
          if (known === undefined) throw unknownValue(where, name, key, keys, table, classes, colours);
          [lastKey, lastClass] = [key, known];
        }
        data[i] = lastClass;
      }
    }
    const { height, width, spacing } = plain;
    return { data, height, width, channels: 1, ...(spacing === undefined ? {} : { spacing }) };
  };
}

function unknownValue(
  where: string,
  name: string,
  key: number,
  keys: ArrayLike<number>,
  table: ReadonlyMap<number, number>,
  classes: readonly string[],
  colours: boolean,
): SegscapeError {
  const found = new Set<number>();
  for (let i = 0; i < keys.length && found.size <= 12; i++) found.add(keys[i]!);
  const listed = [...found].sort((a, b) => a - b).map((value) => show(value, colours));
  const known = [...table].map(([value, index]) => `${show(value, colours)} (${classes[index]})`);
  const advice =
    classes.length === 2 && found.size > 2
      ? 'Give maskValues, or maskThreshold: 127 for a lossy mask.'
      : `Give maskValues: a value for each of ${classes.join(', ')}.`;
  return new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: mask '${name}' has the value ${show(key, colours)}; known are ${known.join(', ')}; ` +
      `the file holds ${found.size > 12 ? 'more than 12 values' : listed.join(', ')}. ${advice}`,
    { details: { name, value: colours ? show(key, true) : key, classes } },
  );
}

import { assertOption, ignoreLabel } from '@segscape/core';
import type { MaskOptions, MaskValue, MaskValues } from './mask-options.js';

/** Classes of stored values. */
export interface MaskTable {
  /** By the value, or by `0xrrggbb` where colours are named. */
  readonly classOf: ReadonlyMap<number, number>;
  readonly colours: boolean;
  /** Keys of 1 and 255, when nobody said what they mean and both are taken for the second class. */
  readonly alike?: readonly [number, number];
}

/** True when some class, or void, is given as a colour, so palettes must be looked up. */
export function namesColours({ maskValues, ignoreValues = [] }: MaskOptions): boolean {
  return [...Object.values(maskValues ?? {}).flat(), ...ignoreValues].some(
    (value) => typeof value === 'string',
  );
}

export const shownKey = (key: number, colours: boolean) =>
  colours ? `'#${key.toString(16).padStart(6, '0')}'` : String(key);

/** The key of a value; a number beside colours is a gray. */
function keyOf(where: string, option: string, value: MaskValue, colours: boolean): number {
  const fits =
    typeof value === 'string'
      ? /^#[0-9a-f]{6}$/i.test(value)
      : Number.isFinite(value) && (!colours || (Number.isInteger(value) && value >= 0 && value <= 255));
  assertOption(
    fits,
    where,
    option,
    value,
    `be a number${colours ? ' from 0 to 255' : ''} or a colour like '#ff0000'`,
  );
  if (typeof value === 'string') return Number.parseInt(value.slice(1), 16);
  return colours ? value * 0x01_01_01 : value;
}

/** Stored values of each class as given, or those that are taken for granted. */
function listOf(
  where: string,
  classes: readonly string[],
  values: MaskValues | undefined,
): readonly (MaskValue | readonly MaskValue[])[] {
  if (values === undefined) return classes.length === 2 ? [0, [1, 255]] : [...classes.keys()];
  if (!Array.isArray(values)) {
    const strange = Object.keys(values).find((name) => !classes.includes(name));
    assertOption(
      strange === undefined,
      where,
      'maskValues',
      strange,
      `name only classes: ${classes.join(', ')}`,
    );
  }
  const list: readonly (MaskValue | readonly MaskValue[])[] = Array.isArray(values)
    ? values
    : classes.map((name) => (values as Readonly<Record<string, MaskValue>>)[name] ?? []);
  assertOption(
    list.length === classes.length,
    where,
    'maskValues',
    values,
    `give a value for each of the ${classes.length} classes (${classes.join(', ')})`,
  );
  return list;
}

/**
 * The table of a dataset's masks.
 * @throws {SegscapeError} `BAD_OPTION` when a value belongs to two classes, or to a class and to void.
 */
export function maskTable(where: string, classes: readonly string[], options: MaskOptions): MaskTable {
  const { maskValues, ignoreValues = [] } = options;
  assertOption(
    Array.isArray(ignoreValues),
    where,
    'ignoreValues',
    ignoreValues,
    'be a list of numbers or colours',
  );
  const colours = namesColours(options);
  const classOf = new Map<number, number>();
  for (const [index, own] of listOf(where, classes, maskValues).entries())
    for (const value of [own].flat() as MaskValue[]) {
      const key = keyOf(where, 'maskValues', value, colours);
      assertOption(!classOf.has(key), where, 'maskValues', value, 'belong to one class only');
      classOf.set(key, index);
    }
  assertOption(
    ignoreValues.length === 0 || classes.length <= ignoreLabel,
    where,
    'ignoreValues',
    ignoreValues,
    `go with at most ${ignoreLabel} classes, since ${ignoreLabel} is the label of void`,
  );
  for (const value of ignoreValues) {
    const key = keyOf(where, 'ignoreValues', value, colours);
    assertOption(
      maskValues === undefined || !classOf.has(key),
      where,
      'ignoreValues',
      value,
      'not be a value of a class in maskValues',
    );
    classOf.set(key, ignoreLabel);
  }
  const [one, full] = [1, 255].map((value) => keyOf(where, 'maskValues', value, colours)) as [number, number];
  const guessed = maskValues === undefined && classes.length === 2;
  const both = classOf.get(one) === 1 && classOf.get(full) === 1;
  return { classOf, colours, ...(guessed && both && { alike: [one, full] as const }) };
}

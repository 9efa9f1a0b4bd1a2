import { SegscapeError } from '@segscape/core';

/** Reads one field of `report.json`, or says where it is not of its type; the path of the whole is empty. */
export type Field<T> = (value: unknown, path: string) => T;

/** What a value is, in words, as an error shows it. */
function told(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function refused(path: string, expected: string, value: unknown): SegscapeError {
  const what = path === '' ? 'the file' : `'${path}'`;
  return new SegscapeError(
    'CORRUPT_FILE',
    `report.json: ${what} must be ${expected}, got ${told(value)}. Resume the study to write it again.`,
    { details: { field: path, expected } },
  );
}

const inside = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);

export const text: Field<string> = (value, path) => {
  if (typeof value !== 'string') throw refused(path, 'a text', value);
  return value;
};

/** True or false. */
export const flag: Field<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw refused(path, 'true or false', value);
  return value;
};

/** A whole number. */
export const whole: Field<number> = (value, path) => {
  if (!Number.isSafeInteger(value)) throw refused(path, 'a whole number', value);
  return value as number;
};

/** A whole number from 0. */
export const count: Field<number> = (value, path) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw refused(path, 'a whole number from 0', value);
  return value as number;
};

/** A number that may be none: JSON has no NaN and holds null. */
export const measured: Field<number> = (value, path) => {
  if (value === null) return Number.NaN;
  if (!Number.isFinite(value)) throw refused(path, 'a number or null', value);
  return value as number;
};

export const oneOf =
  <T extends string>(...words: readonly T[]): Field<T> =>
  (value, path) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw refused(path, `one of ${words.join(', ')}`, value);
    return word;
  };

export const optional =
  <T>(field: Field<T>): Field<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : field(value, path);

export const list =
  <T>(field: Field<T>): Field<T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw refused(path, 'a list', value);
    return value.map((item, i) => field(item, `${path}[${i}]`));
  };

/** Any object; its own fields are not looked at. */
export const anyObject: Field<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(path, 'an object', value);
  return value as Readonly<Record<string, unknown>>;
};

/** An object with values of one type under any names, `__proto__` and `constructor` among them. */
export const dictionary =
  <T>(field: Field<T>): Field<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(anyObject(value, path)).map(([key, item]) => [key, field(item, inside(path, key))]),
    );

/** An object of known fields; others are left out, and nothing is inherited. */
export const record =
  <T extends object>(fields: { readonly [K in keyof Required<T>]: Field<T[K]> }): Field<T> =>
  (value, path) => {
    const source = anyObject(value, path);
    const entries = Object.entries<Field<unknown>>(fields).flatMap(([key, field]) => {
      const item = field(Object.hasOwn(source, key) ? source[key] : undefined, inside(path, key));
      return item === undefined ? [] : [[key, item] as const];
    });
    return Object.fromEntries(entries) as T;
  };

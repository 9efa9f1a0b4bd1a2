import { unknownName } from '@segscape/core';
import { type Document, isMap, isNode, isPair, type LineCounter } from 'yaml';
import { z } from 'zod';
import { studySchema } from './schema.js';
import { mistyped, wrongText } from './wrong-values.js';

type Path = readonly PropertyKey[];

/** A config as it was given, and the text that it was read from, if it was. */
export interface Source {
  readonly value?: unknown;
  readonly document?: Document.Parsed;
  readonly lines?: LineCounter;
}

/** The line a value (or, for `key`, an entry of a map) stands on. */
export function lineOf({ document, lines }: Source, path: Path, key?: string): number | undefined {
  if (document === undefined || lines === undefined) return undefined;
  const node = document.getIn([...path], true);
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && String((item.key as { value?: unknown })?.value) === key,
    );
    const offset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  const offset = isNode(node) ? node.range?.[0] : undefined;
  if (offset !== undefined) return lines.linePos(offset).line;
  return path.length > 0 ? lineOf({ document, lines }, path.slice(0, -1)) : undefined;
}

/** Keys that the schema knows at a path. */
function knownKeys(path: Path): string[] {
  let schema = studySchema as z.ZodType;
  for (const key of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodObject)
      schema = (schema.shape as Record<string, z.ZodType>)[String(key)] ?? z.unknown();
    else if (schema instanceof z.ZodArray) schema = schema.element as z.ZodType;
  }
  schema = unwrap(schema);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What a value is when it is given, and of several forms the one with keys. */
function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const forms = (schema.options as readonly z.ZodType[]).map(unwrap);
  return forms.find((form) => form instanceof z.ZodObject) ?? schema;
}

/** `line 3: `, where it is known. */
export const atLine = (line: number | undefined) => (line === undefined ? '' : `line ${line}: `);

type Issue = z.core.$ZodIssue;

/** Of the forms that a value may have, the one that it was meant to have: issues beneath it, not of the value as a whole. */
function meantForm({ errors }: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const beneath = errors.filter((issues) =>
    issues.some(({ path, code }) => path.length > 0 || code !== 'invalid_type'),
  );
  return beneath.length === 1 ? beneath[0] : undefined;
}

/** Of forms that all differ from the value as a whole. */
function noForm({ errors }: Extract<Issue, { code: 'invalid_union' }>, value: unknown): string {
  const issues = errors.flat().filter((issue) => issue.code === 'invalid_type' && issue.path.length === 0);
  const expected = issues.map((issue) => String((issue as { expected?: unknown }).expected));
  return expected.length === 0 ? 'has none of the forms that it can have' : mistyped(expected, value);
}

/** What the schema holds against a config, a sentence each, with the line where it is. */
export function explain(issue: Issue, source: Source): string[] {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) =>
        `${atLine(lineOf(source, issue.path, key))}${unknownKeyText([...issue.path, key], knownKeys(issue.path))}`,
    );
  const at = `${atLine(lineOf(source, issue.path))}${where || 'the config'}`;
  const value = valueAt(source.value, issue.path);
  if (issue.code !== 'invalid_union') {
    const wrong = wrongText(issue, value);
    return [
      wrong === undefined ? `${at}: ${issue.message}.` : `${at} ${wrong}${/[.?]$/.test(wrong) ? '' : '.'}`,
    ];
  }
  const meant = meantForm(issue);
  if (meant !== undefined)
    return meant.flatMap((each) => explain({ ...each, path: [...issue.path, ...each.path] }, source));
  return [`${at} ${noForm(issue, value)}.`];
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);

/** Of a key that is not known at a place; `of` says what has none of it. */
export function unknownKeyText(path: Path, known: readonly string[], of = ''): string {
  const { question } = unknownName(String(path.at(-1)), known);
  return `unknown key '${path.map(String).join('.')}'${of}. ${question.trim() || `Known here: ${known.join(', ')}.`}`;
}

import { nearestWord, SegscapeError } from '@segscape/core';
import { type Document, isMap, isNode, isPair, LineCounter, parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { kindFaults } from './check-kinds.js';
import { type StudyConfig, type StudyInput, studySchema } from './schema.js';

type Path = readonly PropertyKey[];

interface Source {
  readonly document?: Document.Parsed;
  readonly lines?: LineCounter;
}

/** The line a value (or, for `key`, an entry of a map) stands on. */
function lineOf({ document, lines }: Source, path: Path, key?: string): number | undefined {
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

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

const at = (line: number | undefined) => (line === undefined ? '' : `line ${line}: `);

function explain(issue: z.core.$ZodIssue, source: Source): string {
  const where = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .map((key) => {
        const known = knownKeys(issue.path);
        const meant = nearestWord(key, known);
        const advice = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean '${meant}'?`;
        return `${at(lineOf(source, issue.path, key))}unknown key '${where ? `${where}.` : ''}${key}'. ${advice}`;
      })
      .join(' ');
  return `${at(lineOf(source, issue.path))}${where || 'the config'}: ${issue.message}.`;
}

/**
 * A complete config from YAML text or a plain object; what is left out takes its default.
 * @param given YAML text, whose lines errors then name, or a plain object of the same form.
 * @param registry where kinds of data, models, losses, transforms and optimisers are looked up. Default `studyRegistry`.
 * @returns the whole config, a lone word as `{ kind }`; options of a kind that are left out, the kind itself fills in.
 * @throws {SegscapeError} `BAD_CONFIG`, naming the line (of YAML), what was given, and the nearest valid key.
 */
export function parseStudyConfig(
  given: string | StudyInput,
  registry: StudyRegistry = studyRegistry,
): StudyConfig {
  let source: Source = {};
  let value: unknown = given;
  if (typeof given === 'string') {
    const lines = new LineCounter();
    const document = parseDocument(given, { lineCounter: lines });
    const fault = document.errors[0];
    if (fault !== undefined)
      throw new SegscapeError(
        'BAD_CONFIG',
        `config: line ${fault.linePos?.[0].line ?? '?'}: not valid YAML: ${fault.message.replace(/ at line \d+[\s\S]*$/, '')}.`,
        { cause: fault },
      );
    source = { document, lines };
    value = unfolded(document) ?? {};
  }
  const result = studySchema.safeParse(value);
  if (!result.success) throw refused(result.error.issues.map((issue) => explain(issue, source)));
  const config = withFirstModel(result.data, value);
  const faults = kindFaults(config, registry);
  if (faults.length > 0)
    throw refused(faults.map(({ path, key, message }) => `${at(lineOf(source, path, key))}${message}`));
  return config;
}

/** Of several networks the first stands for all where a single one is asked for; a config has the one or the others. */
function withFirstModel(config: StudyConfig, given: unknown): StudyConfig {
  if (config.models === undefined) return config;
  const { label: _, ...first } = config.models[0]!;
  const said = (given as { readonly model?: unknown }).model;
  if (said !== undefined && stringify(said) !== stringify(first))
    throw refused(['model: give model, or models where several are compared, not both.']);
  return { ...config, model: first };
}

/** Aliases that multiply ("a billion laughs") are refused instead of unfolded. */
function unfolded(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: not valid YAML: ${(cause as Error).message}. Write out what the aliases stand for.`,
      { cause },
    );
  }
}

const refused = (messages: readonly string[]) =>
  new SegscapeError('BAD_CONFIG', `config: ${messages.join('\n        ')}`, {
    details: { issues: messages },
  });

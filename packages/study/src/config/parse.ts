import { isRecord, SegscapeError } from '@segscape/core';
import { type Document, LineCounter, parseDocument, stringify } from 'yaml';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { kindFaults } from './check-kinds.js';
import { atLine, explain, lineOf, type Source } from './explain.js';
import { type StudyConfig, type StudyInput, studySchema } from './schema.js';

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
  if (isRecord(value) && 'judged' in value)
    throw new SegscapeError(
      'BAD_CONFIG',
      "config: this is the record of masks that were judged ('segscape judge'): no network was trained here, so there is nothing to go on with, to verify or to predict with. Its report and its figures can be made anew.",
    );
  const result = studySchema.safeParse(value);
  if (!result.success)
    throw refused(result.error.issues.flatMap((issue) => explain(issue, { ...source, value })));
  const config = withFirstModel(result.data, value);
  const faults = kindFaults(config, registry);
  if (faults.length > 0)
    throw refused(faults.map(({ path, key, message }) => `${atLine(lineOf(source, path, key))}${message}`));
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

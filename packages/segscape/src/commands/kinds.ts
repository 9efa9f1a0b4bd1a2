import { SegscapeError, unknownName } from '@segscape/core';
import { type JsonSchema, shown } from '@segscape/core/schema';
import { kindsOf, presets } from '@segscape/study';
import { loadPlugins } from '../plugins.js';
import { printTable } from '../table.js';

export interface KindsOptions {
  readonly plugin?: readonly string[];
}

/** `segscape kinds [NAME]`: what a config can name, and the options of one of them with their defaults. */
export async function kinds(name: string | undefined, { plugin = [] }: KindsOptions): Promise<number> {
  const { registry } = await loadPlugins(plugin, process.cwd());
  const all = kindsOf(registry);
  const parts = { ...all, preset: Object.fromEntries(Object.keys(presets).map((key) => [key, undefined])) };
  if (name === undefined) {
    printTable(
      ['part', 'kinds'],
      Object.entries(parts).map(([part, own]) => [part, Object.keys(own).join(', ')]),
    );
    process.stdout.write("'segscape kinds NAME' lists the options of one, or the kinds of a part.\n");
    return 0;
  }
  const part = Object.entries(parts).find(([key]) => key === name)?.[1];
  const found = Object.entries(all).flatMap(([of, own]) =>
    Object.hasOwn(own, name) ? [{ of, schema: own[name] }] : [],
  );
  if (part === undefined && found.length === 0) {
    const known = [...Object.keys(parts), ...Object.values(all).flatMap((own) => Object.keys(own))];
    const { advice, nearest } = unknownName(name, known);
    throw new SegscapeError(
      'BAD_OPTION',
      `kinds: there is no kind '${name}'; ${nearest === undefined ? "'segscape kinds' lists all." : advice}`,
      { details: { value: name, nearest } },
    );
  }
  if (part !== undefined)
    printTable(
      [name, 'options'],
      Object.entries(part).map(([kind, schema]) => [
        kind,
        Object.keys((schema as JsonSchema | undefined)?.properties ?? {}).join(', '),
      ]),
    );
  for (const { of, schema } of found) {
    process.stdout.write(`${of} '${name}'\n`);
    const rows = Object.entries(schema?.properties ?? {}).map(([option, line]) => [
      option,
      schema?.required?.includes(option) ? 'needed' : line.default === undefined ? '' : shown(line.default),
      [line.description, boundsOf(line)].filter(Boolean).join(' '),
    ]);
    if (rows.length > 0) printTable(['option', 'default', 'what'], rows);
    else process.stdout.write(schema === undefined ? 'any options\n' : 'no options\n');
  }
  return 0;
}

/** `one of 'mean', 'sum'`, `in [0, 1]`, `pixels` */
function boundsOf(line: JsonSchema): string {
  const { enum: words, minimum, maximum, exclusiveMinimum, exclusiveMaximum, unit } = line;
  if (words) return `(one of ${words.map(shown).join(', ')})`;
  const low = exclusiveMinimum ?? minimum;
  const high = exclusiveMaximum ?? maximum;
  const range =
    low !== undefined && high !== undefined
      ? `${exclusiveMinimum === undefined ? '[' : '('}${low}, ${high}${exclusiveMaximum === undefined ? ']' : ')'}`
      : low !== undefined
        ? `${exclusiveMinimum === undefined ? 'at least' : 'above'} ${low}`
        : high !== undefined
          ? `${exclusiveMaximum === undefined ? 'at most' : 'below'} ${high}`
          : '';
  const said = [range, unit].filter(Boolean).join(' ');
  return said === '' ? '' : `(${said})`;
}

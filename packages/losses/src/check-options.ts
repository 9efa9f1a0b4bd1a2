import { nearestWord, SegscapeError } from '@segscape/core';
import type { OptionSchemas } from './option-schemas.js';
import { schemaProblem } from './schema.js';

/**
 * Checks options against their schemas, once, where they enter; undefined is an option not given.
 * @throws {SegscapeError} `BAD_OPTION`: `focal: gamma (=-1) must be at least 0.`
 */
export function assertOptions(where: string, options: object, schemas: OptionSchemas): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const schema = Object.hasOwn(schemas, option) ? schemas[option] : undefined;
    const problem = schema ? schemaProblem(value, schema, option) : unknownOption(option, schemas);
    if (problem === undefined) continue;
    // A word in the quotes that every other error puts it in; configs quote theirs as JSON.
    const said = typeof value === 'string' ? problem.replace(JSON.stringify(value), `'${value}'`) : problem;
    throw new SegscapeError('BAD_OPTION', `${where}: ${said}.`, { details: { option, value } });
  }
}

function unknownOption(option: string, schemas: OptionSchemas): string {
  const known = Object.keys(schemas);
  const nearest = nearestWord(option, known);
  return `'${option}' is not an option; ${nearest ? `did you mean '${nearest}'?` : `known: ${known.join(', ')}`}`;
}

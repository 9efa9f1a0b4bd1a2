import { type ErrorCode, SegscapeError } from '../errors.js';
import type { JsonSchema, OptionsSchema } from './json-schema.js';
import { problemText, type SchemaProblem, schemaProblem } from './problem.js';

/**
 * The error of a problem, with its place as a field: `elastic: sigma (=0) must be positive, in pixels.`
 * @param where the function's name, with which the message begins.
 * @param problem as `schemaProblem` found it.
 * @param code of the error. Default `'BAD_OPTION'`.
 * @returns an error to be thrown; `details` has `path`, `option`, `value` and `nearest`.
 */
export function problemError(
  where: string,
  problem: SchemaProblem,
  code: Extract<ErrorCode, 'BAD_OPTION' | 'BAD_CONFIG'> = 'BAD_OPTION',
): SegscapeError {
  const { path, value, nearest } = problem;
  const text = problemText(problem);
  return new SegscapeError(code, `${where}: ${text}${text.endsWith('?') ? '' : '.'}`, {
    details: { path, option: String(path[0] ?? ''), value, ...(nearest !== undefined && { nearest }) },
  });
}

/**
 * Checks options against their schema where they enter a function; one that is undefined was not given.
 *
 *     assertOptions('focal', options, focalSchema);
 *
 * @param where the function's name, with which the message begins.
 * @param options as the caller gave them.
 * @param schema of the options.
 * @throws {SegscapeError} `BAD_OPTION`: `focal: gamma (=-1) must be at least 0.`, or the nearest name of an option
 *   that is unknown; `details` has `option`, `path`, `value` and `nearest`.
 */
export function assertOptions(where: string, options: object, schema: JsonSchema): void {
  const problem = schemaProblem(options, schema);
  if (problem === undefined) return;
  throw problemError(where, problem.path.length > 0 ? problem : { ...problem, path: ['options'] });
}

/**
 * Options with the schema's defaults where none is given; an option without default stays out.
 *
 *     withDefaults({ gamma: 3 }, focalSchema); // { gamma: 3, reduction: 'mean', … }
 *
 * @param options as the caller gave them; they are not changed.
 * @param schema of the options.
 * @returns a new record.
 */
export function withDefaults<T extends object>(options: T, schema: OptionsSchema<T>): T {
  const standard = Object.entries<JsonSchema>(schema.properties).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...standard, ...given]) as T;
}

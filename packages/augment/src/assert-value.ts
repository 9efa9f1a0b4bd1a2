import { type JsonSchema, problemError, schemaProblem } from '@segscape/core/schema';

/** Whether a value is a list of numbers of some kind. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/**
 * Checks one value that is no option of a set, `height` say.
 * @throws {SegscapeError} `BAD_OPTION`: `gridLines: height (=0) must be at least 1, in pixels.`
 */
export function assertValue(where: string, name: string, value: unknown, schema: JsonSchema): void {
  const problem = schemaProblem(value, schema, [name]);
  if (problem) throw problemError(where, problem);
}

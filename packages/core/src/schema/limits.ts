import type { JsonSchema } from './json-schema.js';

/** What a number must be that is outside its limits, `be at least 0`; undefined for one inside. */
export function limitsProblem(value: unknown, schema: JsonSchema): string | undefined {
  if (typeof value !== 'number') return 'be a number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, nonFinite, unit } = schema;
  const inUnit = unit === undefined ? '' : `, in ${unit}`;
  if (!Number.isFinite(value) && !nonFinite) return `be a finite number${inUnit}`;
  // A limit that is absent is undefined, which compares false.
  const outside =
    value < minimum! || value > maximum! || value <= exclusiveMinimum! || value >= exclusiveMaximum!;
  return outside ? `${limitsText(schema)}${inUnit}` : undefined;
}

/** `be at least 0`, `be positive`, `be in [0, 1)` */
export function limitsText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const low = exclusiveMinimum ?? minimum;
  const high = exclusiveMaximum ?? maximum;
  if (high === undefined) {
    if (exclusiveMinimum === 0) return 'be positive';
    return `be ${exclusiveMinimum === undefined ? 'at least' : 'above'} ${low}`;
  }
  if (low === undefined) return `be ${exclusiveMaximum === undefined ? 'at most' : 'below'} ${high}`;
  return `be in ${exclusiveMinimum === undefined ? '[' : '('}${low}, ${high}${exclusiveMaximum === undefined ? ']' : ')'}`;
}

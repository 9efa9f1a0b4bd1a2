/**
 * Whether a value is an object with keys: no array, not null.
 * @param value anything, from JSON say.
 * @returns whether it is one; nothing is known of its values.
 */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

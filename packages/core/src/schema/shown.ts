/**
 * A value as a line of code says it, cut where it is long; JSON has no NaN and would write null.
 * @param value of anything.
 * @returns its text, for messages.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const entries = Array.from(value as ArrayLike<unknown>);
    const rest = entries.length > longest ? `,… ${entries.length} entries` : '';
    return `[${entries.slice(0, longest).map(shown).join(',')}${rest}]`;
  }
  try {
    return (
      JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? String(value)
    );
  } catch {
    return 'an object that JSON cannot say'; // It holds itself, or its own toJSON throws.
  }
}

/** A plain value as it is written in code and in YAML: `{ loss: { kind: 'dice' }, weight: 1 }`. */
export function asWritten(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asWritten).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return shown(value);
  const entries = Object.entries(value).map(([name, entry]) => `${name}: ${asWritten(entry)}`);
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}';
}

const longest = 16;

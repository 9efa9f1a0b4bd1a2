/** A text that YAML reads as itself without quotes. */
const plain = /^[A-Za-z_µγαβ][\w .:/()=+µγαβ-]*$/;
/** What YAML would take for something else. */
const taken = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

const scalar = (value: unknown): string =>
  typeof value === 'string'
    ? plain.test(value) && !taken.test(value) && !/:\s|\s#|[:\s]$/.test(value)
      ? value
      : JSON.stringify(value)
    : (JSON.stringify(value) ?? 'null');

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isEmptyBranch = (value: object) => Object.keys(value).length === 0;

function lines(value: unknown): string[] {
  if (!isBranch(value)) return [scalar(value)];
  if (isEmptyBranch(value)) return [Array.isArray(value) ? '[]' : '{}'];
  if (Array.isArray(value)) {
    if (value.every((item) => !isBranch(item))) return [`[${value.map(scalar).join(', ')}]`];
    return value.flatMap((item) => lines(item).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`)));
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const name = scalar(key);
    if (!isBranch(item) || isEmptyBranch(item)) return [`${name}: ${lines(item)[0]!}`];
    const below = lines(item);
    const flat = Array.isArray(item) && below.length === 1 && !below[0]!.startsWith('- ');
    return flat ? [`${name}: ${below[0]!}`] : [`${name}:`, ...below.map((line) => `  ${line}`)];
  });
}

/**
 * What JSON holds as YAML to read: blocks, short lists in a line, a text in quotes wherever it might be taken for something
 * else.
 * @param value a parsed config.
 * @returns lines, the last one ended.
 * @see YAML 1.2.2, chapter 8. https://yaml.org/spec/1.2.2/
 */
export const plainYaml = (value: unknown): string => `${lines(value).join('\n')}\n`;

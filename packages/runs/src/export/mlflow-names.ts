import { crc32c } from '../crc32c.js';

/** MLflow allows 250; a file system allows 255 with what a path adds. */
const longest = 120;
/** Names that Windows keeps for its devices, with any ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const digits = (name: string) => crc32c(new TextEncoder().encode(name)).toString(16).padStart(8, '0');

function plain(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+/, '_')
    .replace(/\.+$/, '')
    .slice(0, longest);
  return safe === '' || devices.test(safe) ? `_${safe}` : safe;
}

/**
 * Names of metrics and parameters as MLflow and every file system take them (letters, digits, `_`, `.`, `-`); other names get
 * eight digits of their checksum, and so do those that differ by the case of their letters alone.
 * @param names any texts.
 * @returns a name of its own for each.
 */
export function mlflowNames(names: Iterable<string>): Map<string, string> {
  const taken = new Set<string>();
  const found = new Map<string, string>();
  // Those that may stay as they are come first, so that nothing takes their names; of two cases the small letters.
  const all = [...new Set(names)].sort(
    (a, b) => Number(plain(a) !== a) - Number(plain(b) !== b) || (a > b ? -1 : 1),
  );
  for (const name of all) {
    const safe = plain(name);
    let own = safe === name ? safe : `${safe}-${digits(name)}`;
    for (let n = 1; taken.has(own.toLowerCase()); n++) own = `${safe}-${digits(name + n)}`;
    taken.add(own.toLowerCase());
    found.set(name, own);
  }
  return found;
}

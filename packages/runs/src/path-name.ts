import { crc32c } from './crc32c.js';

/**
 * A name that is safe in a path, for a loss or a class called anything: `'cross-entropy 1:3'` becomes
 * `'cross-entropy-1-3-xxxx'`. Where letters had to go, four digits of the name's checksum follow, so that names which differ in those
 * alone stay apart (but for one pair in 65 536). Names that differ by the case of their letters are one on some systems.
 * @param name any text.
 * @returns a name of letters, digits and `._+=-` that does not begin with a point.
 */
export function pathName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._+=-]+/g, '-').replace(/^\.+/, '-');
  if (safe === name && safe !== '') return safe;
  const digits = crc32c(new TextEncoder().encode(name)).toString(16).padStart(8, '0').slice(-4);
  return `${safe}-${digits}`;
}

/** In quotes, between which a shell changes nothing. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A path as it is typed after a command: in quotes where a shell would take it for something else. */
export function asArgument(path: string): string {
  const plain = path.startsWith('-') ? `./${path}` : path;
  return /^[\p{L}\p{M}\p{N}_@%+=:,./-]+$/u.test(plain) ? plain : quoted(plain);
}

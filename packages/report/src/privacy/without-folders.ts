/** A text that is a place in a file system: from its root, a home, a drive, a server, or out of the folder it is seen from. */
const place = /^(?:file:\/\/|~[\\/]|\.\.[\\/]|[A-Za-z]:[\\/]|\/|\\\\[\w.-]+\\)/;
/** Somebody's own folder: its last part is a name of a person. */
const home = /^(?:file:\/\/)?(?:[A-Za-z]:)?[\\/](?:home|Users)[\\/][^\\/]+[\\/]?$/i;
/** Such a place inside a sentence, up to its last part; it begins after a space, a quote, a bracket or an equals sign. */
const inside =
  /(^|[\s"'(=,[])((?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/](?:[^\\/\s"'<>]+[\\/])+|\.\.[\\/](?:[^\\/\s"'<>]+[\\/])*|\\\\[\w.-]+\\(?:[^\\/\s"'<>]+\\)*)(?=[^\\/\s"'<>]*)/g;
const homeInside =
  /((?:^|[\s"'(=,[])(?:file:\/\/)?(?:[A-Za-z]:)?[\\/](?:home|Users)[\\/])[^\\/\s"'<>]+(?=$|[\s"',)\]])/gi;

/**
 * A text without the folders that it names: of a path from a root, a home, a drive or a server only the last part is left,
 * alone or in a sentence. Paths below the place they are seen from stay: they say nothing of the machine.
 *
 *     withoutFolders('/home/ada/eyes/images'); // 'images'
 *
 * @param text anything.
 * @returns the same text where it names no such folder.
 */
export function withoutFolders(text: string): string {
  if (home.test(text)) return 'home';
  if (place.test(text) && !/[\n<>]/.test(text)) {
    const parts = text.split(/[\\/]+/).filter((part) => part !== '' && part !== '..' && part !== '~');
    return parts[parts.length - 1] ?? '';
  }
  return text.replace(homeInside, '$1home').replace(inside, '$1');
}

/**
 * The same value with every text in it changed, names of fields too.
 * @param value what JSON holds.
 * @param change of a text.
 * @returns a copy.
 */
export function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => withTexts(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [change(key), withTexts(item, change)] as const),
  );
}

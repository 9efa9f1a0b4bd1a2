import { assertOption, SegscapeError } from '@segscape/core';

/**
 * A relative path with `/`, without empty, `.` or `..` parts.
 * @throws {SegscapeError} `BAD_OPTION` for anything that could leave the folder, and for halves of characters, which no file system keeps.
 */
export function checkedPath(path: string): string {
  const sound =
    typeof path === 'string' &&
    !/[\\\0\p{Cs}]/u.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  assertOption(sound, 'Storage', 'path', path, "be relative, with '/' between names and no '.' or '..'");
  return path;
}

/** A folder as the beginning of paths: `''` or `'a/b/'`. */
export function folderPrefix(folder: string): string {
  const trimmed = folder.replace(/\/+$/, '');
  return trimmed === '' ? '' : `${checkedPath(trimmed)}/`;
}

export const notFound = (path: string, cause?: unknown) =>
  new SegscapeError('NOT_FOUND', `Storage: there is no file '${path}'.`, { details: { path }, cause });

/** @throws {SegscapeError} `BAD_OPTION` for what is neither a text nor bytes: wider numbers would be cut off. */
export function toBytes(content: Uint8Array | string): Uint8Array {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  const isBytes = ArrayBuffer.isView(content) && content.BYTES_PER_ELEMENT === 1;
  assertOption(isBytes, 'Storage', 'content', content, 'be a text or bytes');
  return content;
}

import { SegscapeError } from '@segscape/core';

/**
 * A relative path with `/`, without empty, `.` or `..` parts.
 * @throws {SegscapeError} `BAD_OPTION` for anything that could leave the folder.
 */
export function checkedPath(path: string): string {
  const parts = path.split('/');
  if (
    path === '' ||
    path.includes('\\') ||
    path.includes('\0') ||
    parts.some((part) => part === '' || part === '.' || part === '..')
  )
    throw new SegscapeError(
      'BAD_OPTION',
      `Storage: path (='${path}') must be relative, with '/' between names and no '.' or '..'.`,
      { details: { option: 'path', value: path } },
    );
  return path;
}

/** A folder as the beginning of paths: `''` or `'a/b/'`. */
export function folderPrefix(folder: string): string {
  const trimmed = folder.replace(/\/+$/, '');
  return trimmed === '' ? '' : `${checkedPath(trimmed)}/`;
}

export const notFound = (path: string, cause?: unknown) =>
  new SegscapeError('NOT_FOUND', `Storage: there is no file '${path}'.`, { details: { path }, cause });

export const toBytes = (content: Uint8Array | string): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

/**
 * The files of a package's tarball, without the leading `package/`. POSIX ustar: 512-byte headers, sizes in octal.
 *
 * @returns {Promise<{ files: Map<string, Buffer>, bytes: number }>} `bytes` is the size of the compressed file.
 */
export async function readTarball(path) {
  const packed = await readFile(path);
  const archive = gunzipSync(packed);
  const files = new Map();
  const text = (start, length) => archive.toString('utf8', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0; ) {
    const name = [text(at + 345, 155), text(at, 100)].filter(Boolean).join('/');
    const size = Number.parseInt(text(at + 124, 12), 8);
    const isFile = ['0', ''].includes(text(at + 156, 1));
    if (isFile) files.set(name.replace(/^package\//, ''), archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return { files, bytes: packed.length };
}

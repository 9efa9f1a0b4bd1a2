import { corrupt, unsupported } from './faults.js';

// APPNOTE 6.3: the end of central directory (4.3.16), its ZIP64 form (4.3.14, 4.3.15), file headers (4.3.7, 4.3.12).
const endSign = 0x06054b50;
const end64Sign = 0x06064b50;
const locatorSign = 0x07064b50;
const centralSign = 0x02014b50;
const localSign = 0x04034b50;
const longestComment = 0xffff;
const inZip64 = 0xffffffff;

/** Little-endian numbers of a file; whatever lies outside of it is a fault of the file. */
function reader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const within = (at: number, length: number) => {
    if (!(at >= 0 && at + length <= bytes.length))
      throw corrupt(`its archive points to byte ${at + length} of ${bytes.length}`, { bytes: bytes.length });
    return at;
  };
  return {
    u16: (at: number) => view.getUint16(within(at, 2), true),
    u32: (at: number) => view.getUint32(within(at, 4), true),
    /** Above 2⁵³ rounded, and outside of any file. */
    u64: (at: number) => Number(view.getBigUint64(within(at, 8), true)),
    slice: (at: number, length: number) => bytes.subarray(within(at, length), at + length),
  };
}

type Reader = ReturnType<typeof reader>;

/** Where the directory begins and how many entries it has. */
function directory(read: Reader, length: number): { at: number; count: number } {
  const first = Math.max(0, length - 22 - longestComment);
  for (let at = length - 22; at >= first; at--) {
    if (read.u32(at) !== endSign) continue;
    if (at >= 20 && read.u32(at - 20) === locatorSign) {
      const end = read.u64(at - 12);
      if (read.u32(end) === end64Sign) return { at: read.u64(end + 48), count: read.u64(end + 32) };
    }
    return { at: read.u32(at + 16), count: read.u16(at + 10) };
  }
  throw corrupt('its archive has no end');
}

/** The fields of a directory entry that stand in its ZIP64 part, each only where the 32-bit one says so. */
function wideFields(read: Reader, at: number, size: number, offset: number, extra: [number, number]) {
  const [from, length] = extra;
  let [wideSize, wideOffset] = [size, offset];
  for (let field = from; field + 4 <= from + length; field += 4 + read.u16(field + 2)) {
    if (read.u16(field) !== 1) continue;
    let next = field + 4;
    if (read.u32(at + 24) === inZip64) next += 8; // the size unpacked, which is the same for what is stored
    if (size === inZip64) {
      wideSize = read.u64(next);
      next += 8;
    }
    if (offset === inZip64) wideOffset = read.u64(next);
  }
  return { size: wideSize, offset: wideOffset };
}

/**
 * The files of a ZIP archive by name, as views of its bytes. PyTorch stores them as they are, and does not look at their
 * checksums when it reads them.
 *
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT`; `UNSUPPORTED_FORMAT` for compressed files.
 */
export function storedFiles(bytes: Uint8Array): Map<string, Uint8Array> {
  const read = reader(bytes);
  const { at: start, count } = directory(read, bytes.length);
  const files = new Map<string, Uint8Array>();
  for (let at = start, n = 0; n < count; n++) {
    if (read.u32(at) !== centralSign) throw corrupt(`entry ${n + 1} of its archive's directory is not there`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => read.u16(at + field)) as [
      number,
      number,
      number,
    ];
    const name = new TextDecoder().decode(read.slice(at + 46, nameLength));
    const { size, offset } = wideFields(read, at, read.u32(at + 20), read.u32(at + 42), [
      at + 46 + nameLength,
      extraLength,
    ]);
    if (read.u16(at + 10) !== 0)
      throw unsupported(`'${name}' in its archive is compressed, which torch.save never does`, { name });
    if (read.u32(offset) !== localSign) throw corrupt(`'${name}' is not where its archive says`);
    files.set(name, read.slice(offset + 30 + read.u16(offset + 26) + read.u16(offset + 28), size));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

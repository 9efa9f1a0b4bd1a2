/** Remainders of CRC-32 (IEEE 802.3, reflected) for each byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ remainders[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** Numbers of 2 or 4 bytes, the low byte first. */
function fields(numbers: readonly (readonly [value: number, bytes: 2 | 4])[]): Uint8Array {
  return Uint8Array.from(
    numbers.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, k) => (value >>> (8 * k)) & 0xff)),
  );
}

/** 1 January 1980, the first day there is: the same files give the same bytes. */
const firstDay = 0x21;
const utf8Names = 0x0800;

/**
 * Files as one ZIP archive, stored as they are, up to 4 GiB.
 *
 * @see PKWARE, APPNOTE.TXT, .ZIP file format specification, 4.3.
 */
export function storedZip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const local: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  const total = (parts: readonly Uint8Array[]) => parts.reduce((sum, { length }) => sum + length, 0);
  for (const [path, bytes] of Object.entries(files)) {
    const name = new TextEncoder().encode(path);
    const facts = [
      [10, 2], // version that reads it
      [utf8Names, 2],
      [0, 2], // stored
      [0, 2], // midnight
      [firstDay, 2],
      [crc32(bytes), 4],
      [bytes.length, 4],
      [bytes.length, 4],
      [name.length, 2],
      [0, 2], // no extra field
    ] as const;
    const place = total(local);
    local.push(fields([[0x04034b50, 4], ...facts]), name, bytes);
    const rest = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [place, 4],
    ] as const; // no comment, disk 0, no attributes
    central.push(fields([[0x02014b50, 4], [20, 2], ...facts, ...rest]), name);
  }
  const count = Object.keys(files).length;
  const end = fields([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [total(central), 4],
    [total(local), 4],
    [0, 2],
  ]);
  const parts = [...local, ...central, end];
  const archive = new Uint8Array(total(parts));
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}

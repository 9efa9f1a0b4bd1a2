export type Format = 'PNG' | 'JPEG' | 'GIF' | 'BMP' | 'TIFF' | 'PNM' | 'NIfTI' | 'gzip' | 'DICOM';

const start = (bytes: Uint8Array, length: number) => String.fromCharCode(...bytes.subarray(0, length));

/** Formats by their first bytes; endings of file names lie. */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const text = start(bytes, 4);
  // What stands before may look like a TIFF, so that viewers of either kind open it.
  if (start(bytes.subarray(128), 4) === 'DICM') return 'DICOM';
  if (text === '\x89PNG') return 'PNG';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'JPEG';
  if (text === 'GIF8') return 'GIF';
  if (text.startsWith('BM')) return 'BMP';
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'TIFF';
  if (/^P[1-6]\s/.test(text)) return 'PNM';
  if (text.startsWith('\x1f\x8b')) return 'gzip';
  if (/^n[+i]1\0$/.test(start(bytes.subarray(344), 4)) || /^n[+i]2\0$/.test(start(bytes.subarray(4), 4)))
    return 'NIfTI';
  return undefined;
}

/** Where a kind's bytes stand, what they are, and what the kind is called. */
const foreign: readonly (readonly [number, string, string])[] = [
  [8, 'WEBP', 'WebP'],
  [4, 'ftypavi', 'AVIF'],
  [4, 'ftyphe', 'HEIC'],
  [4, 'ftypmif1', 'HEIC'],
  [4, 'jP  ', 'JPEG 2000'],
  [0, '\xff\x4f\xff\x51', 'JPEG 2000'],
  [4, 'JXL ', 'JPEG XL'],
  [0, '\xff\x0a', 'JPEG XL'],
  [0, '8BPS', 'a Photoshop file'],
  [0, '\x89HDF', 'HDF5'],
  [0, '\x1f\x8b', 'a gzip file without a NIfTI volume'],
  [0, 'ZISRAWFILE', 'a Zeiss CZI file'],
  [0, 'PK\x03\x04', 'a ZIP file'],
  [0, '%PDF', 'PDF'],
  [0, 'P7\n', 'PAM'],
  [0, 'PF\n', 'PFM'],
  [0, 'Pf\n', 'PFM'],
  [0, '\0\0\x01\0', 'an icon (ICO)'],
  [0, 'v/1\x01', 'OpenEXR'],
  [0, '\x93NUMPY', 'a NumPy array'],
  [0, 'NRRD', 'NRRD'],
  [0, '<svg', 'SVG'],
];

/** What a sound file of another kind is called. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  return foreign.find(([at, text]) => start(bytes.subarray(at), text.length) === text)?.[2];
}

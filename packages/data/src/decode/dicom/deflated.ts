import { type Limits, Unsupported } from '../faults.js';
import { deflateRatio, inflate } from '../inflate.js';

/** What a file holds besides its pixels, at most. */
const besides = 2 ** 24;

/**
 * The elements of a deflated file, whose size it doesn't tell: into room that doubles until they fit.
 * @throws {Error} where the data are damaged; `Unsupported` where more comes out than pixels may take.
 * @see DICOM PS3.5, A.5, 2024.
 */
export function inflated(bytes: Uint8Array, at: number, { maxBytes }: Limits): Uint8Array {
  const packed = bytes.length - at;
  const most = Math.min(maxBytes + besides, packed * deflateRatio + 1);
  for (let size = Math.min(most, 8 * packed + 1024); ; size = Math.min(most, 2 * size)) {
    const out = new Uint8Array(size);
    const { filled } = inflate(bytes, at, out, 'cut');
    if (filled < size) return out.subarray(0, filled);
    if (size === most) throw new Unsupported(`its deflated data give more than ${size} bytes`);
  }
}

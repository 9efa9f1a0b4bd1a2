import { assertFilled } from '../grids/assert-filled.js';
import type { Surface } from '../grids/surface.js';
import type { Line } from '../lines/line.js';
import { storedZip } from './stored-zip.js';

/** One array in NumPy's `.npy` format, version 1.0. */
function npy(data: Float32Array | Float64Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float64Array ? '<f8' : '<f4';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}

/**
 * A surface or line as NumPy's `.npz`: `np.load('surface.npz')` has `x`, `y` (surfaces only), and one array for each loss,
 * `[y, x]` or `[x]`.
 *
 * @param grid of `surface` or `line`.
 * @returns the file's bytes, not compressed, as `np.savez` writes them; the same for the same grid.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for values that do not fill the axes.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function toNpz(grid: Surface | Line): Uint8Array {
  assertFilled('toNpz', grid);
  const { x, values } = grid;
  const files: Record<string, Uint8Array> = { 'x.npy': npy(x, [x.length]) };
  const shape = [x.length];
  if ('y' in grid) {
    files['y.npy'] = npy(grid.y, [grid.y.length]);
    shape.unshift(grid.y.length);
  }
  for (const [name, data] of Object.entries(values)) {
    let file = name.replaceAll('/', '_');
    while (`${file}.npy` in files) file = `${file}_`;
    files[`${file}.npy`] = npy(data, shape);
  }
  return storedZip(files);
}

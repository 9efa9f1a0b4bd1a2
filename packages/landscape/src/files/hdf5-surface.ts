import type { Surface } from '../grids/surface.js';
import {
  assertStorableGrid,
  type GridFileOptions,
  type GridValues,
  readGrid,
  writeGrid,
} from './hdf5-grid.js';
import { readHdf5, writeHdf5 } from './hdf5-library.js';

const format = 'segscape-surface-2';
const formats = ['segscape-surface-1', format];

/**
 * A surface as an HDF5 file, in our words and in those of Li et al., whose plots open it unchanged:
 *
 * - `x` = `xcoordinates` [nx], `y` = `ycoordinates` [ny], float64;
 * - each loss [ny, nx], float32, under its own name; that trained with is also `train_loss`, the others
 *   `train_<label>_loss`; `train_acc` is the accuracy, NaN where none is given;
 * - `min_eig`, `max_eig` [ny, nx] when the surface has `eigenvalues`; `dir_file` when given;
 * - the attributes on the root group.
 *
 * Equal surfaces give equal bytes, whenever they are written.
 *
 * @param surface of `surface`.
 * @param options which loss was trained with, and what else is written.
 * @returns the bytes of the file.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when the optional package `h5wasm` is missing; `BAD_OPTION` for a loss
 *   that is not there, and for names with a NUL or a lone surrogate.
 * @see Li et al., https://github.com/tomgoldstein/loss-landscape
 */
export async function encodeSurface(surface: Surface, options: GridFileOptions = {}): Promise<Uint8Array> {
  const { x, y, values, attributes, eigenvalues } = surface;
  const grid: GridValues = { axes: { x, y }, values, attributes, eigenvalues };
  assertStorableGrid('encodeSurface', grid, options);
  return writeHdf5((file) => writeGrid('encodeSurface', file, format, grid, options));
}

/**
 * Reads what `encodeSurface` wrote, now or before, and proves it whole; or what Li et al.'s `plot_surface` wrote, with the
 * names of its datasets (`train_loss`, `train_acc`, …) as those of the losses and NaN for places it had not reached (-1, and
 * eigenvalues of which the smallest is above the largest).
 *
 * @param bytes of the file.
 * @returns the surface, with the losses under their own names.
 * @throws {SegscapeError} `CORRUPT_FILE`; `UNSUPPORTED_FORMAT` for the file of a line; `BACKEND_UNAVAILABLE` when
 *   `h5wasm` is missing.
 */
export async function decodeSurface(bytes: Uint8Array): Promise<Surface> {
  const mend = 'Compute the surface again.';
  const grid = await readHdf5('decodeSurface', bytes, mend, (file) =>
    readGrid('decodeSurface', file, formats, ['x', 'y']),
  );
  const { axes, values, attributes, eigenvalues } = grid;
  const surface = { x: axes.x, y: axes.y!, values, attributes };
  return eigenvalues ? { ...surface, eigenvalues } : surface;
}

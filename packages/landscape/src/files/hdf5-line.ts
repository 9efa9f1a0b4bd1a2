import type { Line } from '../lines/line.js';
import {
  assertStorableGrid,
  type GridFileOptions,
  type GridValues,
  readGrid,
  writeGrid,
} from './hdf5-grid.js';
import { readHdf5, writeHdf5 } from './hdf5-library.js';

const format = 'segscape-line-1';

/**
 * A line as an HDF5 file for Li et al.'s `plot_1D`: `x` = `xcoordinates` [nx], and `train_loss`, `train_acc`,
 * `train_<label>_loss` [nx] as in `encodeSurface`.
 *
 * @param line of `line`, `interpolate` or `alongCurve`.
 * @param options which loss was trained with, and what else is written.
 * @returns the bytes of the file.
 * @throws {SegscapeError} as `encodeSurface`.
 */
export async function encodeLine(line: Line, options: GridFileOptions = {}): Promise<Uint8Array> {
  const { x, values, attributes, eigenvalues } = line;
  const grid: GridValues = { axes: { x }, values, attributes, eigenvalues };
  assertStorableGrid('encodeLine', grid, options);
  return writeHdf5((file) => writeGrid('encodeLine', file, format, grid, options));
}

/**
 * Reads what `encodeLine` or Li et al.'s code wrote.
 *
 * @param bytes of the file.
 * @returns the line, with the losses under their own names.
 * @throws {SegscapeError} as `decodeSurface`.
 */
export async function decodeLine(bytes: Uint8Array): Promise<Line> {
  const { axes, values, attributes, eigenvalues } = await readHdf5(
    'decodeLine',
    bytes,
    'Compute the line again.',
    (file) => readGrid('decodeLine', file, [format], ['x']),
  );
  const line = { x: axes.x, values, attributes };
  return eigenvalues ? { ...line, eigenvalues } : line;
}

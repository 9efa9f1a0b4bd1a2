/**
 * Surfaces, lines, directions and paths as files that other tools open: HDF5 in the names of Li et al.'s
 * `loss-landscape` (h5py, MATLAB, ParaView), and without HDF5 VTK's `.vtp`, NumPy's `.npz` and CSV.
 *
 *     import { decodeSurface, encodeSurface } from '@segscape/landscape/hdf5';
 *
 *     await writeFile('surface.h5', await encodeSurface(surface, { trainedWith: 'dice' }));
 *
 * @module
 */
export { toCsv } from './files/csv.js';
export {
  type ComponentFacts,
  type DirectionsFileOptions,
  decodeDirections,
  encodeDirections,
} from './files/hdf5-directions.js';
export type { GridFileOptions } from './files/hdf5-grid.js';
export { decodeLine, encodeLine } from './files/hdf5-line.js';
export type { GridNameOptions } from './files/hdf5-names.js';
export { decodeSurface, encodeSurface } from './files/hdf5-surface.js';
export { decodeTrajectory, encodeTrajectory } from './files/hdf5-trajectory.js';
export { toNpz } from './files/npz.js';
export { toVtp } from './files/vtp.js';

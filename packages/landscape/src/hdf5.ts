/**
 * Surfaces as files that other tools open: HDF5 (h5py, MATLAB, ParaView), and without HDF5 VTK's `.vtp` and NumPy's `.npz`.
 *
 *     import { decodeSurface, encodeSurface } from '@segscape/landscape/hdf5';
 *
 *     await writeFile('surface.h5', await encodeSurface(surface));
 *
 * @module
 */
export { decodeSurface, encodeSurface } from './hdf5-surface.js';
export { toNpz } from './npz.js';
export { toVtp } from './vtp.js';

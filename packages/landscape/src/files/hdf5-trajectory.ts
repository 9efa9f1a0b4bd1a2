import { assertKnown, type Params, SegscapeError } from '@segscape/core';
import type { Dataset } from 'h5wasm';
import type { Trajectory } from '../planes/trajectory.js';
import {
  type DirectionsFileOptions,
  directionsWriter,
  readMembers,
  toDirection,
  writeComponents,
} from './hdf5-directions.js';
import { readHdf5, writeHdf5 } from './hdf5-library.js';

/**
 * The path of a training as Li et al.'s projection file, and their direction file in the same: `proj_xcoord` and
 * `proj_ycoord` [checkpoints], `xdirection` and `ydirection`, `explained_variance_ratio_`, `singular_values_`. Their
 * `plot_2D.py --proj_file F --dir_file F` draws it.
 *
 * @param trajectory of two components.
 * @param options the parameters whose order counts.
 * @returns the bytes of the file.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `BACKEND_UNAVAILABLE`.
 */
export async function encodeTrajectory(
  trajectory: Trajectory,
  options: Pick<DirectionsFileOptions, 'params'> = {},
): Promise<Uint8Array> {
  const where = 'encodeTrajectory';
  assertKnown(where, options, ['params']);
  const { points, directions } = trajectory;
  if (points.length === 0 || points.some(({ length }) => length !== 2))
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected points of two coordinates, got ${points[0]?.length ?? 0}. Ask trajectory for components: 2.`,
    );
  const write = await directionsWriter(where, directions, options);
  return writeHdf5((file) => {
    file.create_attribute('format', 'segscape-trajectory-1');
    ['proj_xcoord', 'proj_ycoord'].forEach((name, i) => {
      const data = Float64Array.from(points, (point) => point[i]!);
      file.create_dataset({ name, data, shape: [data.length], dtype: '<d' });
    });
    write(file);
    writeComponents(file, trajectory);
  });
}

/**
 * Reads what `encodeTrajectory` or Li et al.'s `project_trajectory` wrote (the latter has no directions in it).
 *
 * @param bytes of the file.
 * @param options.like as for `decodeDirections`.
 * @returns the caller disposes the directions.
 * @throws {SegscapeError} `CORRUPT_FILE`, `SHAPE_MISMATCH`, `BACKEND_UNAVAILABLE`.
 */
export async function decodeTrajectory(
  bytes: Uint8Array,
  options: { readonly like?: Params } = {},
): Promise<Trajectory> {
  const where = 'decodeTrajectory';
  assertKnown(where, options, ['like']);
  const read = await readHdf5(where, bytes, 'Project the path again.', (file) => {
    const numbers = (name: string) => [...((file.get(name) as Dataset).value as Float64Array)];
    const optional = (name: string) => (file.keys().includes(name) ? numbers(name) : []);
    const [xs, ys] = [numbers('proj_xcoord'), numbers('proj_ycoord')];
    if (xs.length !== ys.length) throw new Error('the coordinates are of two lengths');
    return {
      members: readMembers(file),
      points: xs.map((x, i) => [x, ys[i]!]),
      explainedVariance: optional('explained_variance_ratio_'),
      singularValues: optional('singular_values_'),
    };
  });
  const { members, ...facts } = read;
  return { ...facts, directions: members.map((direction) => toDirection(where, direction, options.like)) };
}

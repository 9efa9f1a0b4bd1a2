import { assertKnown, type Params, SegscapeError } from '@segscape/core';
import { tensor } from '@tensorflow/tfjs-core';
import type { Dataset, Group, File as Hdf5File } from 'h5wasm';
import { weightOf } from '../directions/weight-of.js';
import { readHdf5, writeHdf5 } from './hdf5-library.js';
import { assertStorable } from './hdf5-names.js';
import { fromTorchAxes, type HostArray, toTorchAxes } from './torch-axes.js';

const groups = ['xdirection', 'ydirection'] as const;

/** Facts of principal components, under scikit-learn's names in the file. */
export interface ComponentFacts {
  /** `explained_variance_ratio_`. */
  readonly explainedVariance?: readonly number[];
  /** `singular_values_`. */
  readonly singularValues?: readonly number[];
}

export interface DirectionsFileOptions extends ComponentFacts {
  /**
   * Names of the parameters in the network's order, each a member of the groups; those that a direction leaves out are
   * zeros, shaped like in `params`. Default: the direction's own.
   */
  readonly params?: Params;
}

type Member = HostArray & { readonly name: string };

/** Their members in order: all that PyTorch's `parameters()` would give, in its axes. */
async function membersOf(where: string, direction: Params, like: Params): Promise<Member[]> {
  const expected = (name: string) => weightOf(like, name)?.shape;
  const strange = Object.entries(direction).find(([name, w]) => expected(name)?.join() !== w.shape.join());
  if (strange)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: '${strange[0]}' of a direction is [${strange[1].shape}], of params ${expected(strange[0]) ? `[${expected(strange[0])}]` : 'missing'}.`,
    );
  const members: Member[] = [];
  for (const [name, { shape, size, dtype }] of Object.entries(like)) {
    if (dtype !== 'float32') continue;
    assertStorable(where, 'parameter', name);
    const w = weightOf(direction, name);
    const data = w ? ((await w.data()) as Float32Array) : new Float32Array(size);
    members.push({ name, ...toTorchAxes({ data, shape }) });
  }
  return members;
}

function writeMembers(file: Hdf5File, name: string, members: readonly Member[]): void {
  const group = file.create_group(name);
  members.forEach(({ name: parameter, data, shape }, i) => {
    const dataset = group.create_dataset({ name: String(i), data, shape: [...shape], dtype: '<f' });
    dataset.create_attribute('parameter', parameter);
  });
}

export function writeComponents(
  file: Hdf5File,
  { explainedVariance = [], singularValues = [] }: ComponentFacts,
): void {
  const facts = [
    ['explained_variance_ratio_', explainedVariance],
    ['singular_values_', singularValues],
  ] as const;
  for (const [name, numbers] of facts)
    if (numbers.length > 0)
      file.create_dataset({ name, data: Float64Array.from(numbers), shape: [numbers.length], dtype: '<d' });
}

/** Reads the directions into host memory, and writes them when asked. */
export async function directionsWriter(
  where: string,
  directions: readonly Params[],
  { params }: DirectionsFileOptions,
): Promise<(file: Hdf5File) => void> {
  if (directions.length < 1 || directions.length > 2)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected one direction or two, got ${directions.length}; their files hold 'xdirection' and 'ydirection'.`,
    );
  const all = await Promise.all(directions.map((d) => membersOf(where, d, params ?? d)));
  return (file) =>
    all.forEach((members, i) => {
      writeMembers(file, groups[i]!, members);
    });
}

/**
 * Directions as Li et al.'s direction file: groups `xdirection` and `ydirection` with the members `0`, `1`, … in the order
 * of the parameters, in PyTorch's axes (kernels OIHW, dense weights [out, in]).
 *
 * @param directions one for a line, two for a surface.
 * @param options what else is written, and the parameters whose order counts.
 * @returns the bytes of the file.
 * @throws {SegscapeError} `BAD_OPTION`; `SHAPE_MISMATCH` when `params` are others; `BACKEND_UNAVAILABLE`.
 */
export async function encodeDirections(
  directions: readonly Params[],
  options: DirectionsFileOptions = {},
): Promise<Uint8Array> {
  assertKnown('encodeDirections', options, ['params', 'explainedVariance', 'singularValues']);
  const write = await directionsWriter('encodeDirections', directions, options);
  return writeHdf5((file) => {
    file.create_attribute('format', 'segscape-directions-1');
    write(file);
    writeComponents(file, options);
  });
}

/** The members of each group that is there, in order. */
export function readMembers(file: Hdf5File): (HostArray & { readonly parameter: string | undefined })[][] {
  return groups
    .filter((name) => file.keys().includes(name))
    .map((name) => {
      const group = file.get(name) as Group;
      return group.keys().map((_, i) => {
        const dataset = group.get(String(i)) as Dataset;
        const { shape, value } = dataset;
        const data = Float32Array.from(ArrayBuffer.isView(value) ? (value as Float32Array) : [Number(value)]);
        const parameter = dataset.attrs.parameter?.value as string | undefined;
        return { parameter, ...fromTorchAxes({ data, shape: shape ?? [] }) };
      });
    });
}

type Members = ReturnType<typeof readMembers>[number];

/** Tensors of the members, by the names they carry, or by those of `like` in order. */
export function toDirection(where: string, members: Members, like: Params | undefined): Params {
  const names = like && Object.keys(like).filter((name) => like[name]!.dtype === 'float32');
  if (names && names.length !== members.length)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: the file has ${members.length} members, like has ${names.length} parameters. Give those that the file was made for, in their order.`,
    );
  members.forEach(({ shape }, i) => {
    const expected = names && like[names[i]!]!.shape;
    if (expected && expected.join() !== shape.join())
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: member ${i} is [${shape}] in our axes, '${names[i]}' of like is [${expected}].`,
      );
  });
  return Object.fromEntries(
    members.map(({ parameter, data, shape }, i) => [
      names?.[i] ?? parameter ?? String(i),
      tensor(data, [...shape]),
    ]),
  );
}

/**
 * Reads the directions of a file that `encodeDirections`, `encodeTrajectory` or Li et al.'s code wrote.
 *
 * @param bytes of the file.
 * @param options.like parameters whose names the members take in order; files of other code have no names of their own,
 *   their members are then `0`, `1`, ….
 * @returns one or two directions in our axes; the caller disposes them.
 * @throws {SegscapeError} `CORRUPT_FILE`, `SHAPE_MISMATCH`, `BACKEND_UNAVAILABLE`.
 */
export async function decodeDirections(
  bytes: Uint8Array,
  options: { readonly like?: Params } = {},
): Promise<Params[]> {
  const where = 'decodeDirections';
  assertKnown(where, options, ['like']);
  const members = await readHdf5(where, bytes, 'Draw the directions again.', (file) => {
    const read = readMembers(file);
    if (read.length === 0) throw new Error("no group 'xdirection'");
    return read;
  });
  return members.map((direction) => toDirection(where, direction, options.like));
}

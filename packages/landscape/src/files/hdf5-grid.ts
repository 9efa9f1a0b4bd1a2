import { assertKnown, optionNames, SegscapeError } from '@segscape/core';
import type { Dataset, File as Hdf5File } from 'h5wasm';
import { assertFilled } from '../grids/assert-filled.js';
import { digestOf } from '../grids/fingerprint.js';
import { assertStorable, distinctNames, type GridNameOptions, theirNames } from './hdf5-names.js';

/** What a line and a surface have in common: values over the places of one or two axes. */
export interface GridValues {
  readonly axes: Readonly<Record<'x', Float64Array> & Partial<Record<'y', Float64Array>>>;
  readonly values: Readonly<Record<string, Float32Array>>;
  readonly eigenvalues?: Eigenvalues | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

interface Eigenvalues {
  readonly min: Float32Array;
  readonly max: Float32Array;
}

export interface GridFileOptions extends GridNameOptions {
  /** Path of the file of the directions, as `dir_file` in the file. */
  readonly dirFile?: string;
}

const reserved = ['format', 'checksum', 'attributes', 'losses', 'datasets'];
const coordinates = { x: 'xcoordinates', y: 'ycoordinates' } as const;

const checksum = ({ axes, values, eigenvalues, attributes }: GridValues) => {
  const places = Object.values(axes);
  const maps = eigenvalues ? [eigenvalues.min, eigenvalues.max] : [];
  return digestOf(
    [Object.keys(values), attributes, ...places.map(({ length }) => length)],
    [...places, ...Object.values(values), ...maps],
  );
};

/**
 * Writes a grid under our names, and again under those of Li et al. as further links to the same data.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function writeGrid(
  where: string,
  file: Hdf5File,
  format: string,
  grid: GridValues,
  options: GridFileOptions,
): void {
  const { axes, values, eigenvalues, attributes } = grid;
  const labels = Object.keys(values);
  const shape = Object.values(axes)
    .map(({ length }) => length)
    .reverse();
  const theirs = theirNames(where, labels, attributes, options);
  const accuracy = `${options.set ?? 'train'}_acc`;
  const taken = new Set([...theirs, accuracy, 'dir_file', 'xdirection', 'ydirection', 'min_eig', 'max_eig']);
  for (const axis of ['x', 'y'] as const) taken.add(axis).add(coordinates[axis]);
  const ours = distinctNames(labels, taken);

  file.create_attribute('format', format);
  file.create_attribute('checksum', checksum(grid));
  file.create_attribute('attributes', JSON.stringify(attributes));
  file.create_attribute('losses', labels);
  file.create_attribute('datasets', ours);
  for (const [name, value] of Object.entries(attributes)) writeAttribute(file, name, value);
  for (const [axis, data] of Object.entries(axes)) {
    file.create_dataset({ name: axis, data, shape: [data.length], dtype: '<d' });
    file.create_hard_link(`/${axis}`, coordinates[axis as 'x' | 'y']);
  }
  labels.forEach((label, i) => {
    const dataset = file.create_dataset({ name: ours[i]!, data: values[label]!, shape, dtype: '<f' });
    dataset.create_attribute('loss', label);
    dataset.create_attribute('axes', Object.keys(axes).reverse());
    file.create_hard_link(`/${ours[i]}`, theirs[i]!);
  });
  // Their plots of lines read it without asking.
  if (!theirs.includes(accuracy)) {
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(Number.NaN);
    file.create_dataset({ name: accuracy, data, shape, dtype: '<f' });
  }
  if (eigenvalues)
    for (const which of ['min', 'max'] as const)
      file.create_dataset({ name: `${which}_eig`, data: eigenvalues[which], shape, dtype: '<f' });
  if (options.dirFile !== undefined) file.create_dataset({ name: 'dir_file', data: options.dirFile });
}

const known = optionNames<GridFileOptions>({ trainedWith: true, accuracy: true, set: true, dirFile: true });

/**
 * Refuses text that the file would cut or change, values that do not fill the axes, and options that there are not, before anything
 * is written.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function assertStorableGrid(where: string, grid: GridValues, options: GridFileOptions): void {
  assertKnown(where, options, known);
  const { dirFile } = options;
  assertFilled(where, { ...grid, ...grid.axes });
  for (const label of Object.keys(grid.values)) assertStorable(where, 'loss', label);
  for (const [name, value] of Object.entries(grid.attributes)) {
    assertStorable(where, 'attribute', name);
    if (typeof value === 'string') assertStorable(where, `attribute ${name}`, value);
  }
  if (dirFile !== undefined) assertStorable(where, 'dirFile', dirFile);
}

function writeAttribute(file: Hdf5File, name: string, value: string | number): void {
  if (reserved.includes(name) || name === '') return; // still in the JSON
  if (typeof value === 'string') file.create_attribute(name, value);
  else file.create_attribute(name, value, null, '<d');
}

const dataset = (file: Hdf5File, name: string): Dataset => {
  const found = file.get(name);
  if (found === null || !('shape' in found)) throw new Error(`no dataset '${name}'`);
  return found as Dataset;
};

/** Reads what `writeGrid` wrote, in this form or the first, and proves it whole. Anything else is an error. */
function readOurs(file: Hdf5File, axisNames: readonly ('x' | 'y')[]): GridValues {
  const { attrs } = file;
  const losses = attrs.losses!.value as string[];
  // The first form kept no names of datasets: they follow from the losses.
  const names = (attrs.datasets?.value as string[] | undefined) ?? distinctNames(losses, new Set(['x', 'y']));
  const axes = Object.fromEntries(
    axisNames.map((axis) => [axis, dataset(file, axis).value as Float64Array]),
  ) as GridValues['axes'];
  const values = Object.fromEntries(
    losses.map((loss, i) => [loss, dataset(file, names[i]!).value as Float32Array]),
  );
  const map = (name: string) => dataset(file, name).value as Float32Array;
  const eigenvalues = file.keys().includes('min_eig')
    ? { min: map('min_eig'), max: map('max_eig') }
    : undefined;
  // JSON has no NaN and no infinities: those stand in the attributes themselves.
  const attributes = Object.fromEntries(
    Object.entries(
      JSON.parse(attrs.attributes!.value as string) as Record<string, string | number | null>,
    ).map(([name, value]) => [name, value ?? Number(attrs[name]?.value ?? Number.NaN)] as const),
  );
  const grid = { axes, values, attributes, eigenvalues };
  if (checksum(grid) !== attrs.checksum!.value) throw new Error('the values do not fit their checksum');
  return grid;
}

/** Reads a file of Li et al.'s code: values by their names there, a point that was never evaluated as NaN. */
function readTheirs(file: Hdf5File, axisNames: readonly ('x' | 'y')[]): GridValues {
  const axes = Object.fromEntries(
    axisNames.map((axis) => [axis, Float64Array.from(numbers(file, coordinates[axis]))]),
  ) as GridValues['axes'];
  const size = Object.values(axes).reduce((product, { length }) => product * length, 1);
  const given = (name: string) => Float32Array.from(numbers(file, name));
  const values: Record<string, Float32Array> = {};
  for (const name of file.keys())
    if (/_(loss|acc)$/.test(name)) values[name] = given(name).map((v) => (v === -1 ? Number.NaN : v));
  // Their shape is [nx, ny], filled in the order of [ny, nx]: the numbers already lie as ours.
  const odd = Object.entries(values).find(([, { length }]) => length !== size);
  if (odd) throw new Error(`'${odd[0]}' has ${odd[1].length} values for ${size} places`);
  const both = ['min_eig', 'max_eig'].every((name) => file.keys().includes(name));
  const eigenvalues = both ? reached({ min: given('min_eig'), max: given('max_eig') }) : undefined;
  const dirFile = file.keys().includes('dir_file') ? dataset(file, 'dir_file').value : undefined;
  return { axes, values, attributes: typeof dirFile === 'string' ? { dirFile } : {}, eigenvalues };
}

/** NaN where their `plot_hessian_eigen` had not been yet: a smallest eigenvalue of 1 above a largest of −1 stands there. */
function reached({ min, max }: Eigenvalues): Eigenvalues {
  const known = (of: Float32Array) => of.map((value, i) => (min[i]! > max[i]! ? Number.NaN : value));
  return { min: known(min), max: known(max) };
}

function numbers(file: Hdf5File, name: string): ArrayLike<number> {
  const { value } = dataset(file, name);
  if (!ArrayBuffer.isView(value)) throw new Error(`'${name}' holds no numbers`);
  return value as unknown as ArrayLike<number>;
}

/**
 * A grid of ours or of Li et al.'s code.
 * @param formats the names our files of this kind begin with.
 * @throws {SegscapeError} `UNSUPPORTED_FORMAT` for a grid of other axes.
 */
export function readGrid(
  where: string,
  file: Hdf5File,
  formats: readonly string[],
  axisNames: readonly ('x' | 'y')[],
): GridValues {
  const keys = file.keys();
  const surface = keys.includes('ycoordinates') || keys.includes('y');
  const wanted = axisNames.length === 2;
  if (keys.includes('xcoordinates') && surface !== wanted)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `${where}: the file holds a ${surface ? 'surface' : 'line'}; read it with ${surface ? 'decodeSurface' : 'decodeLine'}.`,
    );
  const format = file.attrs.format?.value;
  if (format === undefined && keys.includes('xcoordinates')) return readTheirs(file, axisNames);
  if (!formats.includes(format as string)) throw new Error(`the format is ${String(format)}`);
  return readOurs(file, axisNames);
}

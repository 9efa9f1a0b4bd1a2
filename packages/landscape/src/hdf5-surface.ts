import { SegscapeError } from '@segscape/core';
import type { Dataset, File as Hdf5File } from 'h5wasm';
import { digestOf } from './fingerprint.js';
import { zeroObjectTimes } from './hdf5-times.js';
import type { Surface } from './surface.js';

const path = '/segscape-surface.h5';
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** The library, its memory file system, and errors as exceptions instead of printed traces while `action` runs. */
async function withHdf5<T>(action: (h5: typeof import('h5wasm'), fs: MemoryFiles) => T): Promise<T> {
  const h5 = await load();
  const module = await h5.ready;
  module.activate_throwing_error_handler();
  const fs = module.FS as unknown as MemoryFiles;
  try {
    return action(h5, fs);
  } finally {
    module.deactivate_throwing_error_handler();
    if (fs.analyzePath(path).exists) fs.unlink(path);
  }
}

interface MemoryFiles {
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  unlink(path: string): void;
  analyzePath(path: string): { exists: boolean };
}

async function load() {
  try {
    return await import('h5wasm');
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "hdf5: the optional package 'h5wasm' is not installed. Run `npm install h5wasm`.",
      {
        cause,
      },
    );
  }
}

/** HDF5 link names cannot hold a slash, and `x` and `y` are taken. */
function datasetNames(names: readonly string[]): string[] {
  const taken = new Set(['x', 'y']);
  return names.map((name) => {
    let safe = name.replaceAll('/', '_') || '_';
    if (safe === '.' || safe === '..') safe = `loss_${safe}`;
    while (taken.has(safe)) safe = `${safe}_`;
    taken.add(safe);
    return safe;
  });
}

const checksum = ({ x, y, values, attributes }: Surface) =>
  digestOf([Object.keys(values), attributes, x.length, y.length], [x, y, ...Object.values(values)]);

/**
 * A surface as an HDF5 file: datasets `x`, `y` (float64) and one `[y, x]` (float32) for each loss under its name, the
 * attributes on the root group. Equal surfaces give equal bytes, whenever they are written.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when the optional package `h5wasm` is missing.
 */
export function encodeSurface(surface: Surface): Promise<Uint8Array> {
  const { x, y, values, attributes } = surface;
  return withHdf5((h5, fs) => {
    const file = new h5.File(path, 'w');
    try {
      file.create_attribute('format', 'segscape-surface-1');
      file.create_attribute('checksum', checksum(surface));
      file.create_attribute('attributes', JSON.stringify(attributes));
      for (const [name, value] of Object.entries(attributes)) writeAttribute(file, name, value);
      file.create_dataset({ name: 'x', data: x, shape: [x.length], dtype: '<d' });
      file.create_dataset({ name: 'y', data: y, shape: [y.length], dtype: '<d' });
      const names = Object.keys(values);
      file.create_attribute('losses', names);
      datasetNames(names).forEach((name, i) => {
        const loss = names[i]!;
        const dataset = file.create_dataset({
          name,
          data: values[loss]!,
          shape: [y.length, x.length],
          dtype: '<f',
        });
        dataset.create_attribute('loss', loss);
        dataset.create_attribute('axes', ['y', 'x']);
      });
    } finally {
      file.close();
    }
    const bytes = fs.readFile(path).slice();
    zeroObjectTimes(bytes);
    return bytes;
  });
}

const reserved = ['format', 'checksum', 'attributes', 'losses'];

function writeAttribute(file: Hdf5File, name: string, value: string | number): void {
  if (reserved.includes(name) || name === '') return; // still in the JSON
  if (typeof value === 'string') file.create_attribute(name, value);
  else file.create_attribute(name, value, null, '<d');
}

/**
 * Reads what `encodeSurface` wrote, and proves it whole.
 * @throws {SegscapeError} `CORRUPT_FILE`; `BACKEND_UNAVAILABLE` when `h5wasm` is missing.
 */
export async function decodeSurface(bytes: Uint8Array): Promise<Surface> {
  const corrupt = (why: string, cause?: unknown) =>
    new SegscapeError('CORRUPT_FILE', `decodeSurface: ${why}. Compute the surface again.`, { cause });
  if (signature.some((value, i) => bytes[i] !== value)) throw corrupt('the bytes are not an HDF5 file');
  const surface = await withHdf5((h5, fs) => {
    fs.writeFile(path, bytes);
    try {
      const file = new h5.File(path, 'r');
      try {
        return readSurface(file);
      } finally {
        file.close();
      }
    } catch (cause) {
      throw corrupt('the HDF5 file is damaged, or not one of a surface', cause);
    }
  });
  if (checksum(surface.surface) !== surface.checksum) throw corrupt('the values do not fit their checksum');
  return surface.surface;
}

function readSurface(file: Hdf5File): { surface: Surface; checksum: unknown } {
  const { attrs } = file;
  const losses = attrs.losses!.value as string[];
  const names = datasetNames(losses);
  const read = (name: string) => (file.get(name) as Dataset).value;
  const values = Object.fromEntries(losses.map((loss, i) => [loss, read(names[i]!) as Float32Array]));
  const surface = {
    x: read('x') as Float64Array,
    y: read('y') as Float64Array,
    values,
    attributes: JSON.parse(attrs.attributes!.value as string) as Surface['attributes'],
  };
  return { surface, checksum: attrs.checksum!.value };
}

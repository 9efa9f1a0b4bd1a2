import { gunzipSync, gzipSync } from 'node:zlib';
import { readDicom } from '@segscape/data/dicom';
import { readNifti } from '@segscape/data/nifti';
import { readOmeZarr } from '@segscape/data/ome-zarr';
import { assertRaster, written } from './pictures.mjs';

const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;
const codes = ['UNREADABLE_IMAGE', 'UNSUPPORTED_FORMAT'];
const text = (value) => new TextEncoder().encode(JSON.stringify(value));

/** 16×16 values of 16 bits in one chunk, as numcodecs 0.16 compresses them. */
const chunks = {
  zstd:
    'KLUv/WAAAa0IAAZeQx2AnLoZsI1JtFslOfgS2oHK98kn8QRgw6iawdtOATgAOgA7ABuGehN6crda7LXyUdGF3s+uQa5Aziw2oCXl' +
    'Xc+C3IFbTu0mFvNqWWk9u6mJzcQMeL20BFhJaa0OS0lDE3K1169Vk6gfTTGWQhQF9RS4eXkqKsjTjV+KpKLeLpcTa7lHU43fihFH' +
    'Q0G7BLdZTIB/SyWSAr1c7BwtOgTlalpLftxYseHnwMwnMvzs1KRMDWn6jRja3WKu8OA205oq8hQjxVGvQc6Ad2YvT5YMeZoREWqr' +
    'IzlOVNh5TfX4He1m11pJdrTI8GC2impaKuq5eZXk6UWHn9tLkyA1SlxYUPORHS8+BO3MPIl6+iUFAQA4wAI=',
  blosc:
    'AgEhBAACAAAAAgAANQEAABQAAAB9AAAAFAABAPBoAgQGCAoMDgAECAwQFBgcAAYMEhgeJCoACBAYICgwOAAKFB4oMjxGAAwYJDA8' +
    'SFQADhwqOEZUAQAQIDBAUGAPABIkNkhaCx0AFCg8UAMXKwAWLEJYDSM5ABgwSGAXL0cAGjROByE7VQAcOFQPK0cCAB48Whc1UxAL' +
    'AAAAHwABAGdQAAAAAAB+AAAAEwABAPBpAQMFBwkLDQ8CBgoOEhYaHgMJDxUbISctBAwUHCQsNDwFDxkjLTdBSwYSHio2Qk5aBxUj' +
    'MT9NWwgIGCg4SFgHFwkbLT9RAhQmCh4yRloNITULITdNAhguRAwkPFQLIztTDSdBWxQuSAEOKkYBHTlVEA8tSwgmRAEfCwAAAB8A' +
    'AQBnUAAAAAAA',
};
const compressors = {
  zstd: { id: 'zstd', level: 3 },
  blosc: { id: 'blosc', cname: 'lz4', clevel: 5, shuffle: 1, blocksize: 0 },
};
const axes = ['y', 'x'].map((name) => ({ name, type: 'space', unit: 'micrometer' }));
const multiscales = [
  {
    version: '0.4',
    axes,
    datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [1, 1] }] }],
  },
];

/** An OME-Zarr as its files: of version 2 with a compressor, or of version 3, gzipped or sharded. */
export function zarrFiles(kind) {
  if (kind === 'v3') {
    const ome = { zarr_format: 3, node_type: 'group', attributes: { ome: { version: '0.5', multiscales } } };
    const array = {
      zarr_format: 3,
      node_type: 'array',
      shape: [16, 16],
      data_type: 'uint16',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [16, 16] } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 0,
      codecs: [
        { name: 'bytes', configuration: { endian: 'little' } },
        { name: 'gzip', configuration: { level: 5 } },
      ],
    };
    return {
      '/zarr.json': text(ome),
      '/0/zarr.json': text(array),
      '/0/c/0/0': new Uint8Array(gzipSync(new Uint8Array(512))),
    };
  }
  return {
    '/.zgroup': text({ zarr_format: 2 }),
    '/.zattrs': text({ multiscales }),
    '/0/.zarray': text({
      zarr_format: 2,
      shape: [16, 16],
      chunks: [16, 16],
      dtype: '<u2',
      order: 'C',
      fill_value: 0,
      filters: null,
      compressor: compressors[kind],
    }),
    '/0/0.0': new Uint8Array(Buffer.from(chunks[kind], 'base64')),
  };
}

/** Reads an OME-Zarr whose files are in memory. */
export const readZarrFiles = (files) => readOmeZarr({ get: async (key) => files[key] });

export const volumes = {
  nifti: {
    seeds: () => written('nifti.json').filter(({ bytes }) => !isGzip(bytes)),
    read: async (bytes) => assertRaster(await readNifti(bytes)),
    codes,
  },
  // Mutants of what is inside as well: the checksum of gzip would keep nearly all others out.
  niftiGz: {
    seeds: () =>
      written('nifti.json').flatMap(({ name, bytes }) => [
        { name: `${name}, gzipped`, bytes: isGzip(bytes) ? bytes : new Uint8Array(gzipSync(bytes)) },
        { name: `${name}, inside gzip`, bytes: isGzip(bytes) ? gunzipSync(bytes) : bytes, inside: true },
      ]),
    read: async (bytes, { inside }) =>
      assertRaster(await readNifti(inside ? new Uint8Array(gzipSync(bytes)) : bytes)),
    codes,
  },
  dicom: {
    seeds: () => written('dicom.json'),
    read: async (bytes) => assertRaster(await readDicom(bytes)),
    codes,
  },
  zarr: {
    seeds: () =>
      ['zstd', 'blosc', 'v3'].flatMap((kind) =>
        Object.entries(zarrFiles(kind)).map(([key, bytes]) => ({ name: `${kind} ${key}`, bytes, kind, key })),
      ),
    read: async (bytes, { kind, key }) =>
      assertRaster(await readZarrFiles({ ...zarrFiles(kind), [key]: bytes })),
    codes: [...codes, 'NOT_FOUND'],
  },
};

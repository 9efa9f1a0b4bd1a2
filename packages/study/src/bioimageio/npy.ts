import type { Raster } from '@segscape/core';
import { pixelTypeOf } from '../pixel-types.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** NumPy's codes of the types, in the byte order of the machine that matters: little-endian. */
const codes = { uint8: '|u1', uint16: '<u2', int16: '<i2', int32: '<i4', float32: '<f4' } as const;

/**
 * An array as NumPy's `.npy`, version 1.0, in C order.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(data: Raster['data'], shape: readonly number[]): Uint8Array {
  const descr = codes[pixelTypeOf({ data })];
  const said = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  // Magic, length and text together are a multiple of 64 bytes long, and the text ends in a line break.
  const length = Math.ceil((magic.length + 2 + said.length + 1) / 64) * 64 - magic.length - 2;
  const text = new TextEncoder().encode(`${said.padEnd(length - 1)}\n`);
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bytes = new Uint8Array(magic.length + 2 + length + values.length);
  bytes.set([...magic, length & 255, length >> 8]);
  bytes.set(text, magic.length + 2);
  bytes.set(values, magic.length + 2 + length);
  return bytes;
}

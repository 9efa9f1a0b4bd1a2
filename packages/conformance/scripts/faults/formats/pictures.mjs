import { readFileSync } from 'node:fs';
import { readImage } from '@segscape/data';

const list = (file) =>
  JSON.parse(readFileSync(new URL(`../../../../data/test/fixtures/${file}`, import.meta.url), 'utf8')).files;

/** Small files that other programs wrote, by their names; `values` is what those programs read. */
export const written = (file, fits = /./) =>
  list(file)
    .filter(({ name }) => fits.test(name))
    .map(({ name, file: base64 }) => ({ name, bytes: new Uint8Array(Buffer.from(base64, 'base64')) }));

/** What Pillow 9.4 wrote in the formats that the fixtures of `data` have none of. */
const byPillow = {
  'plain, transparent.gif':
    'R0lGODlhCQAHAIIAAOjo6NDQ0Li4uJCQkHBwcFBQUDAwMBAQECH5BAEAAAMALAAAAAAJAAcAAAgpAA8QAFBAgIEBBw' +
    'YQDFAwoUCCBhEqLMBQgMOBBQ8mXNgQIcaIGyk2DAgAOw==',
  '1 bit.bmp':
    'Qk1aAAAAAAAAAD4AAAAoAAAACQAAAAcAAAABAAEAAAAAABwAAADEDgAAxA4AAAIAAAACAAAAAAAAAP////81AAAAhQ' +
    'AAAK0AAAChAAAAqwAAAOiAAAAqAAAA',
  '24 bits.bmp':
    'Qk36AAAAAAAAADYAAAAoAAAACQAAAAcAAAABABgAAAAAAMQAAADEDgAAxA4AAAAAAAAAAAAAoICgEBAQgKCA8DDwYM' +
    'Bg0FDQQOBAsHCwIAAgALBwsCAAIJCQkAAgAHCwcOBA4FDQUMBgwDDwMADAYMAw8DCggKAQEBCAoIDwMPBgwGDQUNBA' +
    '4EAA0FDQQOBAsHCwIAAgkJCQACAAcLBw4EDgUNBQAOBA4FDQUMBgwDDwMKCAoBAQEICggPAw8GDAYADwMPBgwGDQUN' +
    'BA4ECwcLAgACCQkJAAIABwsHAAACAAcLBw4EDgUNBQwGDAMPAwoICgEBAQgKCAAA==',
  '32 bits.bmp':
    'Qk0yAQAAAAAAADYAAAAoAAAACQAAAAcAAAABACAAAAAAAPwAAADEDgAAxA4AAAAAAAAAAAAAoICg/xAQEP+AoID/8D' +
    'Dw/2DAYP/QUND/QOBA/7BwsP8gACD/sHCw/yAAIP+QkJD/ACAA/3CwcP/gQOD/UNBQ/8BgwP8w8DD/wGDA/zDwMP+g' +
    'gKD/EBAQ/4CggP/wMPD/YMBg/9BQ0P9A4ED/0FDQ/0DgQP+wcLD/IAAg/5CQkP8AIAD/cLBw/+BA4P9Q0FD/4EDg/1' +
    'DQUP/AYMD/MPAw/6CAoP8QEBD/gKCA//Aw8P9gwGD/8DDw/2DAYP/QUND/QOBA/7BwsP8gACD/kJCQ/wAgAP9wsHD/' +
    'ACAA/3CwcP/gQOD/UNBQ/8BgwP8w8DD/oICg/xAQEP+AoID/',
};
const ours = (ending) =>
  Object.entries(byPillow)
    .filter(([name]) => ending.test(name))
    .map(([name, base64]) => ({ name, bytes: new Uint8Array(Buffer.from(base64, 'base64')) }));

/** A raster is right when it has as many values as its sides say, and some. */
export function assertRaster({ data, depth = 1, height, width, channels }) {
  const expected = depth * height * width * channels;
  if (data.length === 0 || data.length !== expected)
    throw new Error(`a raster of ${data.length} values where its sides say ${expected}`);
}

const picture = (ending) => ({
  seeds: () => [...written('images.json', ending), ...ours(ending)],
  read: async (bytes) => assertRaster(await readImage(bytes)),
  codes: ['UNREADABLE_IMAGE', 'UNSUPPORTED_FORMAT'],
});

export const pictures = {
  png: picture(/\.png$/),
  jpeg: picture(/\.jpe?g$/),
  gif: picture(/\.gif$/),
  bmp: picture(/\.bmp$/),
  tiff: picture(/\.tiff?$/),
};

import fc from 'fast-check';
import { formats } from '../formats/all.mjs';
import { written } from '../formats/pictures.mjs';
import { zarrFiles } from '../formats/volumes.mjs';
import { judged } from '../judged.mjs';

/** Names that are every object's, and names that break what they stand in. */
const names = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
    '',
    '\0',
    'a,b',
    '"',
    '=1',
    '\n',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const numbers = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, -0, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
);
const anything = fc.oneof(
  numbers,
  names,
  fc.constantFrom(null, true),
  fc.array(numbers, { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 3 }),
);

const utf8 = (value) => new TextEncoder().encode(value);
const json = (value) => utf8(JSON.stringify(value) ?? 'null');

function safetensors(entries) {
  const header = json(Object.fromEntries(entries));
  const out = new Uint8Array(8 + header.length + 64);
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true);
  out.set(header, 8);
  return out;
}
const tensor = fc.record({
  dtype: fc.oneof(
    fc.constantFrom('F32', 'I32', 'U8', 'BOOL', 'F16', 'BF16', 'I64', 'F64', 'constructor'),
    names,
  ),
  shape: fc.oneof(fc.array(fc.nat(4), { maxLength: 4 }), fc.array(numbers, { maxLength: 4 }), anything),
  data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), fc.array(numbers, { maxLength: 3 })),
});

function tiff(tags) {
  const out = new DataView(new ArrayBuffer(8 + 2 + 12 * tags.length + 4 + 256));
  out.setUint32(0, 0x002a4949, true);
  out.setUint32(4, 8, true);
  out.setUint16(8, tags.length, true);
  for (const [i, [tag, type, count, value]] of tags.entries()) {
    out.setUint16(10 + 12 * i, tag, true);
    out.setUint16(12 + 12 * i, type, true);
    out.setUint32(14 + 12 * i, count, true);
    out.setUint32(18 + 12 * i, value, true);
  }
  return new Uint8Array(out.buffer);
}
const known = [
  254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 282, 284, 296, 317, 320, 322, 323, 324, 325,
  338, 339, 347,
];
const u32 = fc.oneof(
  fc.nat(16),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 65_535),
  fc.nat(2 ** 31 - 1),
);
const tag = fc.tuple(
  fc.oneof(fc.constantFrom(...known), fc.nat(65_535)),
  fc.oneof(fc.constantFrom(3, 4), fc.nat(18)),
  fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: u32 }),
  u32,
);

/** A NIfTI header's numbers, by their places: sides, type, bits, spacing, where voxels begin, slope, intercept. */
const niftiEdits = fc.record({
  sides: fc.array(fc.oneof(fc.nat(9), fc.integer({ min: -32_768, max: 32_767 })), {
    minLength: 8,
    maxLength: 8,
  }),
  type: fc.oneof(
    fc.constantFrom(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 768, 1024, 1280, 2304),
    fc.nat(32_767),
  ),
  bits: fc.oneof(fc.constantFrom(8, 16, 32, 64), fc.nat(32_767)),
  begin: fc.oneof(fc.constantFrom(352, 0, -1, 1e30), fc.float()),
  slope: fc.float(),
  unit: fc.nat(255),
});
function niftiBytes({ sides, type, bits, begin, slope, unit }) {
  const out = new Uint8Array(written('nifti.json', /^uint8 little$/)[0].bytes);
  const view = new DataView(out.buffer);
  for (const [i, side] of sides.entries()) view.setInt16(40 + 2 * i, side, true);
  view.setInt16(70, type, true);
  view.setInt16(72, bits, true);
  view.setFloat32(108, begin, true);
  view.setFloat32(112, slope, true);
  view.setUint8(123, unit);
  return out;
}

const zarrArray = JSON.parse(new TextDecoder().decode(zarrFiles('zstd')['/0/.zarray']));
const zarrField = fc.constantFrom(
  'shape',
  'chunks',
  'dtype',
  'order',
  'fill_value',
  'filters',
  'compressor',
  'zarr_format',
  '__proto__',
);

/** Lines of a history, fields of a study, lists of a split: what has the form and not the meaning. */
const cell = fc.oneof(names, numbers.map(String), fc.constantFrom('train', 'test', 'loss', '"', '""', ',,'));
const configKey = fc.constantFrom(
  'name',
  'data',
  'model',
  'losses',
  'training',
  'landscape',
  'augment',
  'measures',
  'plugins',
  '__proto__',
  'constructor',
);
const innerKey = fc.oneof(
  fc.constantFrom(
    'kind',
    'count',
    'split',
    'epochs',
    'seeds',
    'optimizer',
    'gamma',
    'label',
    'classWeights',
    'resolution',
    'classes',
  ),
  names,
);
const inner = fc.oneof(
  anything,
  fc.array(fc.tuple(innerKey, anything), { maxLength: 4 }).map(Object.fromEntries),
  fc.array(fc.oneof(names, fc.constantFrom('dice', 'crossEntropy', 'focal')), { maxLength: 3 }),
);

const property = (share, format, arbitrary, bytesOf, file = () => ({})) => ({
  share,
  make: () => {
    const { read, codes } = formats[format];
    return { arbitrary, check: (value) => judged(() => read(bytesOf(value), file(value)), codes) };
  },
});

/** Headers whose form is sound and whose numbers and names are not. */
export const ofHeaders = {
  'safetensors headers': property(
    60,
    'safetensors',
    fc.array(fc.tuple(names, fc.oneof(tensor, anything)), { maxLength: 5 }),
    safetensors,
  ),
  'TIFF tags': property(80, 'tiff', fc.array(tag, { maxLength: 16 }), tiff),
  'NIfTI headers': property(50, 'nifti', niftiEdits, niftiBytes),
  'Zarr arrays': property(
    30,
    'zarr',
    fc.array(fc.tuple(zarrField, anything), { minLength: 1, maxLength: 4 }),
    (fields) => json({ ...zarrArray, ...Object.fromEntries(fields) }),
    () => ({ kind: 'zstd', key: '/0/.zarray' }),
  ),
  'CSV of a history': property(
    50,
    'history',
    fc.array(fc.array(cell, { maxLength: 9 }), { maxLength: 6 }),
    (rows) =>
      utf8(`loss,seed,fold,epoch,split,measure,value\n${rows.map((row) => `${row.join(',')}\n`).join('')}`),
  ),
  'studies in YAML': property(
    60,
    'config',
    fc.array(fc.tuple(configKey, inner), { maxLength: 6 }),
    (entries) => utf8(entries.map(([key, value]) => `${key}: ${JSON.stringify(value) ?? 'null'}\n`).join('')),
  ),
  'split files': property(
    30,
    'split',
    fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom('train', 'validation', 'val', 'test', '__proto__'),
        fc.oneof(fc.array(fc.constantFrom('s0', 's1', 's2', 's3', 's9')), anything),
      ),
    ),
    json,
  ),
  'facts of a report': property(
    20,
    'facts',
    fc.array(
      fc.tuple(
        fc.constantFrom(
          'title',
          'losses',
          'seeds',
          'classes',
          'foreground',
          'pictures',
          'surfaces',
          'scores',
          'material',
          'environment',
          'minutes',
          '__proto__',
        ),
        anything,
      ),
      { minLength: 1, maxLength: 4 },
    ),
    (fields) =>
      json({
        ...JSON.parse(new TextDecoder().decode(formats.facts.seeds()[0].bytes)),
        ...Object.fromEntries(fields),
      }),
  ),
};

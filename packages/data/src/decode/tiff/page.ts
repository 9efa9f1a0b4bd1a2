import { cmykToRgb } from '../colour.js';
import type { Decoded } from '../decoded.js';
import { assertDeclared, type Limits, Unsupported } from '../faults.js';
import { narrowed } from '../narrowed.js';
import { ratioOf, uncompressed } from './compression.js';
import type { Directory } from './directory.js';
import { arrayOf, type SampleForm, type Values, valuesOf } from './samples.js';
import { isMissing, missingValue, mostMissing } from './sparse.js';

/** How the strips or tiles of a page lie. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Channels follow each other as whole pictures. */
  readonly planar: boolean;
  readonly tiled: boolean;
  /** Rows and columns of a strip or tile. */
  readonly rows: number;
  readonly columns: number;
  readonly down: number;
  readonly across: number;
}

function layoutOf(tags: Directory): Layout {
  const [width, height, channels] = [tags.first(256), tags.first(257), tags.first(277, 1)];
  const planar = tags.first(284, 1) === 2 && channels > 1;
  const tiled = tags.has(322);
  const columns = tiled ? tags.first(322) : width;
  const rows = tiled ? tags.first(323) : Math.min(height, tags.first(278, height));
  if (![width, height, channels, rows, columns].every((size) => Number.isInteger(size) && size > 0))
    throw new Error(
      `it declares ${width}×${height} pixels of ${channels} channels in parts of ${columns}×${rows}`,
    );
  const [down, across] = [Math.ceil(height / rows), Math.ceil(width / columns)];
  return { width, height, channels, planar, tiled, rows, columns, down, across };
}

/** Compressions that a predictor goes with: with others libtiff takes the tag for a rest of an earlier file. */
const predicting: ReadonlySet<number> = new Set([5, 8, 32_946, 50_000]);

function formOf(tags: Directory, little: boolean): SampleForm {
  const depths = tags.numbers(258) ?? [1];
  const formats = tags.numbers(339) ?? [1];
  const [bits, format] = [depths[0] ?? 1, formats[0] ?? 1];
  if (depths.some((depth) => depth !== bits) || formats.some((other) => other !== format))
    throw new Unsupported('channels of different depth are not supported; save them with one depth');
  const predictor = predicting.has(tags.first(259, 1)) ? tags.first(317, 1) : 1;
  // Format 4 stands for "not known", which everybody reads as unsigned.
  return { bits, format: format === 4 ? 1 : format, little, predictor };
}

/** Names of the colour spaces that are not read here. */
const spaces: Readonly<Record<number, string>> = {
  6: 'YCbCr without JPEG',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'a colour filter array',
  32844: 'LogL',
  32845: 'LogLuv',
  34892: 'linear raw',
};

/** Whether a part has so many values, and a buffer that nothing else is in. */
const isOwn = ({ buffer, byteLength, length }: Values, count: number, file: Uint8Array): boolean =>
  length === count && buffer.byteLength === byteLength && buffer !== file.buffer;

/** Reads all strips or tiles into one array. */
async function valuesOfPage(
  file: Uint8Array,
  tags: Directory,
  layout: Layout,
  form: SampleForm,
  limits: Limits,
): Promise<Values> {
  const { width, height, channels, planar, tiled, down, across } = layout;
  const Kind = arrayOf(form);
  const compression = tags.first(259, 1);
  const perRow = layout.columns * (planar ? 1 : channels);
  const rowBytes = Math.ceil((perRow * form.bits) / 8);
  const ratio = ratioOf(compression, rowBytes);
  if (compression >= 2 && compression <= 4 && (form.bits !== 1 || channels !== 1))
    throw new Error(`CCITT holds one bit a pixel, not ${channels} of ${form.bits}`);
  if (compression === 7 && form.bits !== 8)
    throw new Unsupported(`JPEG of ${form.bits} bits is not supported; save it as deflate`);
  // Old writers list tiles as if they were strips, which libtiff heeds.
  const [offsets, sizes] = tiled && tags.has(324) ? [324, 325] : [273, 279];
  const planes = planar ? channels : 1;
  const parts = planes * down * across;
  if (tags.count(offsets) < parts || (tags.has(sizes) && tags.count(sizes) < parts))
    throw new Error(`its data end early (${parts} parts are declared, ${tags.count(offsets)} are listed)`);
  // Nothing is made before the data could fill it.
  const widthOfValue = Kind === Float64Array ? 8 : Math.max(1, form.bits / 8);
  const perByte = ratio * (form.bits < 8 ? 8 / form.bits : 1) * (form.bits > 8 && form.bits < 16 ? 2 : 1);
  let [present, missing] = [0, 0];
  for (let index = 0; index < parts; index++) {
    const size = tags.at(sizes, index);
    if (isMissing(tags.at(offsets, index), size)) missing++;
    else present += size ?? file.length;
  }
  present += missing * Math.ceil(mostMissing / perByte);
  assertDeclared({ width, height, channels, widthOfValue }, limits, { present, most: perByte });
  const step = planar ? 1 : channels;
  if (missing < parts)
    assertDeclared({ width: rowBytes, height: layout.rows }, limits, { present: file.length, most: ratio });

  const data = new Kind(width * height * channels);
  if (missing > 0) data.fill(missingValue(tags, form));
  for (let index = 0; index < parts; index++) {
    const channel = Math.floor(index / (down * across));
    const top = (Math.floor(index / across) % down) * layout.rows;
    const left = (index % across) * layout.columns;
    // Tiles keep their full size, strips end with the picture.
    const rows = tiled ? layout.rows : Math.min(layout.rows, height - top);
    const start = tags.at(offsets, index)!;
    const length = tags.at(sizes, index);
    if (isMissing(start, length)) continue;
    if (start + (length ?? 0) > file.length) throw new Error(`its data end early (part ${index + 1})`);
    const packed = file.subarray(start, length === undefined ? file.length : start + length);
    const bytes = await uncompressed(packed, {
      compression,
      size: rows * rowBytes,
      full: layout.rows * rowBytes,
      columns: layout.columns,
      rows,
      channels: step,
      chroma: tags.first(262, 1) === 6,
      tables: tags.bytes(347),
      faxOptions: tags.first(292, 0),
      lowFirst: tags.first(266, 1) === 2,
      limits,
    });
    const part = valuesOf(bytes, form, rows, perRow, step);
    const columns = Math.min(layout.columns, width - left);
    const kept = Math.min(rows, height - top);
    if (!planar && columns === width && perRow === columns * channels) {
      // The only part, in memory of its own, is the page.
      if (parts === 1 && part.constructor === Kind && isOwn(part, data.length, file)) return part;
      data.set(part.subarray(0, kept * perRow), top * perRow);
      continue;
    }
    for (let y = 0; y < kept; y++) {
      const to = ((top + y) * width + left) * channels + channel;
      if (!planar) data.set(part.subarray(y * perRow, y * perRow + columns * channels), to);
      else for (let x = 0; x < columns; x++) data[to + x * channels] = part[y * perRow + x]!;
    }
  }
  return data;
}

/** Red, green and blue of each index. The map has 16 bits; some writers use the low 8 only, as libtiff heeds. */
function paletteOf(tags: Directory, bits: number): Uint8Array {
  const map = tags.numbers(320);
  const colours = 1 << bits;
  if (map === undefined || map.length < 3 * colours || bits > 16)
    throw new Error('its colour map is missing or damaged');
  const shift = map.every((value) => value < 256) ? 0 : 8;
  const palette = new Uint8Array(3 * colours);
  for (let i = 0; i < colours; i++)
    for (let c = 0; c < 3; c++) palette[3 * i + c] = map[c * colours + i]! >> shift;
  return palette;
}

/** Decodes one page: its values, and what its tags say of them. */
export async function decodePage(
  file: Uint8Array,
  tags: Directory,
  little: boolean,
  limits: Limits,
): Promise<Decoded> {
  const layout = layoutOf(tags);
  const form = formOf(tags, little);
  const photometric = tags.first(262, 1);
  const jpeg = tags.first(259, 1) === 7;
  if (!(photometric <= 5 || (photometric === 6 && jpeg)))
    throw new Unsupported(
      `${spaces[photometric] ?? `photometric ${photometric}`} is not supported; save it as gray or RGB`,
    );
  const { data, wide } = narrowed(await valuesOfPage(file, tags, layout, form, limits));
  const { height, width, channels } = layout;
  const extra = tags.numbers(338) ?? [];
  const last = extra.at(-1);
  const alpha = channels > 1 && (last === 1 || last === 2);
  const found = {
    bits: form.bits,
    alpha,
    orientation: tags.first(274, 1),
    whiteIsZero: photometric === 0 && form.format === 1,
    ...(wide && { wide }),
  };
  const raster = { data, height, width, channels };
  if (photometric === 3) {
    if (channels > 2 || (channels === 2 && !alpha))
      throw new Unsupported(`a palette with ${channels} samples a pixel is not supported; save it as RGB`);
    return { ...found, raster, palette: paletteOf(tags, form.bits) };
  }
  // InkSet 2 means other inks than cyan, magenta, yellow and black: plain channels.
  const inks = photometric === 5 && tags.first(332, 1) === 1 && channels >= 4;
  if (inks && (data instanceof Uint8Array || data instanceof Uint16Array) && form.bits >= 8) {
    const full = data instanceof Uint8Array ? 255 : 65_535;
    return { ...found, raster: { ...raster, data: cmykToRgb(data, channels, full), channels: channels - 1 } };
  }
  if (inks) throw new Unsupported('CMYK of this depth is not supported; save it as RGB');
  return { ...found, raster };
}

import type { Decoded } from './decoded.js';
import type { CodecLoaders } from './dicom/codecs.js';
import { type DataSet, type Element, readDataSet, textOf } from './dicom/data-set.js';
import { type FloatPixels, floatPixelsOf, floatSamples } from './dicom/float-samples.js';
import type { FrameForm, StoredFrame } from './dicom/frame-form.js';
import { encapsulatedFrames, frameDecoder, isEncapsulated } from './dicom/frames.js';
import { paletteOf } from './dicom/palette.js';
import { runLengthRatio } from './dicom/run-lengths.js';
import { type SampleForm, type Samples, samplesOf } from './dicom/samples.js';
import { assertDeclared, type Limits, Unsupported } from './faults.js';
import { lumaToRgb } from './jpeg/colour.js';
import { narrowed } from './narrowed.js';

type Elements = ReadonlyMap<number, Element>;

const shortOf = (elements: Elements, tag: number, little: boolean): number | undefined => {
  const value = elements.get(tag)?.value;
  return value === undefined || value.length < 2
    ? undefined
    : new DataView(value.buffer, value.byteOffset, value.length).getUint16(0, little);
};
/** Numbers written as text, `0.5\0.75`. */
const decimals = (elements: Elements, tag: number): number[] =>
  textOf(elements.get(tag)).split('\\').filter(Boolean).map(Number);

/** Micrometres; the file has millimetres. */
function spacingOf(elements: Elements, volume: boolean): number[] | undefined {
  const plane = [0x0028_0030, 0x0018_1164, 0x0018_2010]
    .map((tag) => decimals(elements, tag))
    .find(({ length }) => length === 2);
  const apart = [0x0018_0088, 0x0018_0050]
    .map((tag) => decimals(elements, tag)[0])
    .find((mm) => mm !== undefined);
  const sides = [...(volume ? [apart ?? Number.NaN] : []), ...(plane ?? [Number.NaN])].map(
    (mm) => Math.abs(mm) * 1000,
  );
  return sides.every((side) => side > 0 && Number.isFinite(side)) ? sides : undefined;
}

interface Scaling {
  readonly slope: number;
  readonly intercept: number;
}

/** Rescale slope and intercept of each frame; enhanced objects have them frame by frame. */
function scalingOf({ elements, frames }: DataSet, count: number): Scaling[] {
  const of = (...sources: readonly (Elements | undefined)[]): Scaling => {
    const first = (tag: number) =>
      sources.flatMap((source) => (source === undefined ? [] : decimals(source, tag))).find(Number.isFinite);
    return { slope: first(0x0028_1053) ?? 1, intercept: first(0x0028_1052) ?? 0 };
  };
  return Array.from({ length: count }, (_, i) => of(frames[i], elements));
}

/** Bytes that were written as words of two, high one first, in their own order. */
function inByteOrder({ vr, value }: Element): Uint8Array {
  if (vr !== 'OW') return value;
  const out = value.slice();
  for (let i = 0; i + 1 < out.length; i += 2) [out[i], out[i + 1]] = [value[i + 1]!, value[i]!];
  return out;
}

/** Pairs of pixels, two lumas and the two chromas they share (`Y Y Cb Cr`), as pixels with chromas of their own. */
function withFullChroma(pairs: Uint8Array, pixels: number): Uint8Array {
  const out = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++) {
    const pair = 4 * (i >> 1);
    out[3 * i] = pairs[pair + (i & 1)]!;
    out[3 * i + 1] = pairs[pair + 2]!;
    out[3 * i + 2] = pairs[pair + 3]!;
  }
  return out;
}

/** Luma and chroma at full size to red, green and blue, in place. */
function turned(data: Samples, width: number): void {
  const luma = new Uint8ClampedArray(width);
  const [blue, red] = [new Int32Array(width), new Int32Array(width)];
  const out = new Uint8ClampedArray(3 * width);
  for (let at = 0; at < data.length; at += 3 * width) {
    for (let x = 0; x < width; x++) {
      luma[x] = data[at + 3 * x]!;
      blue[x] = data[at + 3 * x + 1]!;
      red[x] = data[at + 3 * x + 2]!;
    }
    lumaToRgb(luma, 0, blue, red, width, out, 0, 3);
    data.set(out, at);
  }
}

function sampleForm({ elements, syntax }: DataSet): SampleForm & { channels: number; planar: boolean } {
  const short = (tag: number) => shortOf(elements, tag, syntax.little);
  const allocated = short(0x0028_0100) ?? 0;
  const stored = short(0x0028_0101) ?? allocated;
  const high = short(0x0028_0102) ?? stored - 1;
  if (![1, 8, 16, 32].includes(allocated))
    throw new Unsupported(`${allocated}-bit samples are not supported; save it with 8 or 16 bits`);
  if (stored < 1 || stored > allocated || high >= allocated || high + 1 < stored)
    throw new Error(`it declares ${stored} bits up to bit ${high} of ${allocated}`);
  const channels = short(0x0028_0002) ?? 1;
  return {
    allocated,
    stored,
    shift: high + 1 - stored,
    signed: short(0x0028_0103) === 1,
    little: syntax.little,
    channels,
    planar: channels > 1 && short(0x0028_0006) === 1,
  };
}

/** A parametric map: its numbers are the values, without a palette or a slope. */
function floatPicture(
  { elements, syntax }: DataSet,
  floats: FloatPixels,
  { height, width, frames }: { readonly height: number; readonly width: number; readonly frames: number },
  limits: Limits,
): Decoded {
  const volume = frames > 1 ? { depth: frames } : {};
  const present = floats.bytes.length;
  assertDeclared({ width, height, channels: 1, ...volume, widthOfValue: floats.size }, limits, {
    present,
    most: 1,
  });
  const data = floatSamples(floats, width * height * frames, syntax.little);
  const spacing = spacingOf(elements, frames > 1);
  return {
    raster: { data, height, width, channels: 1, ...volume, ...(spacing && { spacing }) },
    bits: 8 * floats.size,
  };
}

/**
 * A DICOM file's picture or, of several frames, volume. What the elements say of the patient is never looked at.
 *
 * @param asImage whether the values mean brightness: white of `MONOCHROME1` is undone, slope and intercept are applied.
 *   Labels are what is stored.
 * @throws {Error} where it is damaged; `Unsupported` where it is of a kind not read here.
 * @see DICOM PS3.3 (C.7.6.3, C.11.1), PS3.5 (8), 2024.
 */
export async function decodeDicom(
  bytes: Uint8Array,
  limits: Limits,
  codecs: CodecLoaders,
  asImage: boolean,
): Promise<Decoded> {
  const found = readDataSet(bytes, limits);
  const { elements, syntax } = found;
  const pixelData = elements.get(0x7fe0_0010);
  const floats = floatPixelsOf(found);
  if (pixelData === undefined && floats === undefined)
    throw new Unsupported('it holds no picture (a report, a plan, a curve)');
  const short = (tag: number) => shortOf(elements, tag, syntax.little);
  const [height, width] = [short(0x0028_0010) ?? 0, short(0x0028_0011) ?? 0];
  // Some writers say 0 for the one frame that there is.
  const said = decimals(elements, 0x0028_0008)[0];
  const frames = said === undefined || said === 0 ? 1 : said;
  if (!Number.isInteger(frames) || frames < 1) throw new Error(`it declares ${frames} frames`);
  if (pixelData === undefined) return floatPicture(found, floats!, { height, width, frames }, limits);
  const photometric = textOf(elements.get(0x0028_0004));
  const form = sampleForm(found);
  const { channels, allocated, planar } = form;
  const size = Math.max(1, allocated / 8);
  const encapsulated = isEncapsulated(syntax) || pixelData.fragments !== undefined;
  const halved = photometric === 'YBR_FULL_422' && !encapsulated;
  if (halved && (channels !== 3 || allocated !== 8 || planar || width % 2 === 1))
    throw new Error('its chroma is of pairs of pixels, its samples are not');
  const present = encapsulated
    ? (pixelData.fragments ?? []).reduce((sum, piece) => sum + piece.length, 0)
    : halved
      ? Math.floor(pixelData.value.length * 1.5)
      : pixelData.value.length;
  const compressed = syntax.uid === '1.2.840.10008.1.2.5' ? runLengthRatio : 2048 * 64;
  const most = (encapsulated ? compressed : 1) * (allocated === 1 ? 8 : 1);
  const scaling = scalingOf(found, frames >= 1 && frames <= limits.maxBytes ? frames : 1);
  const scaled = asImage && scaling.some(({ slope, intercept }) => slope !== 1 || intercept !== 0);
  const volume = frames > 1 ? { depth: frames } : {};
  assertDeclared({ width, height, channels, ...volume, widthOfValue: size }, limits, { present, most });
  if (scaled) assertDeclared({ width, height, channels, ...volume, widthOfValue: 4 }, limits);

  const pixels = width * height;
  const values = pixels * channels;
  const frameForm: FrameForm = { width, height, channels, frames, bytes: size, photometric };
  const decode = encapsulated ? frameDecoder(syntax, limits, codecs) : undefined;
  const stored = allocated === 8 && !syntax.little ? inByteOrder(pixelData) : pixelData.value;
  const pieces = encapsulated ? encapsulatedFrames(pixelData, frames) : [];
  const needed = halved ? 2 * pixels * frames : values * frames * size;
  if (!encapsulated && stored.length * (allocated === 1 ? 8 : 1) < needed)
    throw new Error(`its data end after ${stored.length} of ${needed} bytes`);
  const plain = halved ? withFullChroma(stored, pixels * frames) : stored;
  let all: Float32Array | Samples | undefined;
  const invert = photometric === 'MONOCHROME1' && asImage;
  for (let f = 0; f < frames; f++) {
    const frame: StoredFrame =
      decode === undefined
        ? {
            data: allocated === 1 ? plain : plain.subarray(f * values * size, (f + 1) * values * size),
            rgb: false,
          }
        : await decode(pieces[f]!, frameForm);
    // Run lengths are put together low byte first, whatever the file's order is.
    const own = decode === undefined ? form : { ...form, little: true };
    const samples = samplesOf(frame.data, own, values, allocated === 1 ? f * values : 0, {
      invert,
      planes: planar && decode === undefined ? channels : 1,
    });
    if (photometric.startsWith('YBR') && !frame.rgb && channels === 3 && allocated === 8)
      turned(samples, width);
    const { slope, intercept } = scaling[f]!;
    all ??= scaled
      ? new Float32Array(values * frames)
      : frames === 1
        ? samples
        : new (samples.constructor as new (length: number) => typeof samples)(values * frames);
    if (scaled) for (let i = 0, to = f * values; i < values; i++) all[to++] = slope * samples[i]! + intercept;
    else if (frames > 1) all.set(samples, f * values);
  }
  const { data, wide } = narrowed(all!);
  const spacing = spacingOf(elements, frames > 1);
  const raster = { data, height, width, channels, ...volume, ...(spacing && { spacing }) };
  const palette =
    photometric === 'PALETTE COLOR' ? { palette: paletteOf(elements, syntax.little, 2 ** form.stored) } : {};
  // Few-bit samples are stored as they are; only one bit is stretched to black and white.
  return { raster, bits: allocated === 1 ? 1 : allocated, ...palette, ...(wide && { wide }) };
}

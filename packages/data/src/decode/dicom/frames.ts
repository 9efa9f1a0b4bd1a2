import { type Limits, Unsupported } from '../faults.js';
import { decodeLosslessJpeg } from '../jpeg/lossless.js';
import { decodeJpegPart } from '../jpeg.js';
import { type CodecLoaders, codecDecoder } from './codecs.js';
import type { Element, Syntax } from './data-set.js';
import type { FrameForm, StoredFrame } from './frame-form.js';
import { decodeRunLengths } from './run-lengths.js';

type FrameDecoder = (bytes: Uint8Array, form: FrameForm) => StoredFrame | Promise<StoredFrame>;

const jpeg = '1.2.840.10008.1.2.4.';
const uncompressed = new Set([
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.2',
  '1.2.840.10008.1.2.1.99',
]);

/** What the transfer syntaxes that are not read here are called. */
const others: Readonly<Record<string, string>> = {
  '100': 'MPEG-2',
  '101': 'MPEG-2',
  '102': 'MPEG-4',
  '103': 'MPEG-4',
  '107': 'HEVC',
  '108': 'HEVC',
  '110': 'JPEG XL',
  '111': 'JPEG XL',
  '112': 'JPEG XL',
  '201': 'high-throughput JPEG 2000',
  '202': 'high-throughput JPEG 2000',
  '203': 'high-throughput JPEG 2000',
};

export const isEncapsulated = ({ uid }: Syntax): boolean => !uncompressed.has(uid);

function assertSize(
  form: FrameForm,
  { width, height, channels }: Pick<FrameForm, 'width' | 'height' | 'channels'>,
) {
  if (width === form.width && height === form.height && channels === form.channels) return;
  throw new Error(
    `its frames are of ${width}×${height} pixels of ${channels} channels, its elements say ${form.width}×${form.height} of ${form.channels}`,
  );
}

/** How a frame of that transfer syntax is decoded. */
export function frameDecoder({ uid }: Syntax, limits: Limits, codecs: CodecLoaders): FrameDecoder {
  if (uid === '1.2.840.10008.1.2.5')
    return (bytes, { width, height, channels, bytes: size }) => ({
      data: decodeRunLengths(bytes, width * height, channels, size),
      rgb: false,
    });
  const kind = uid.startsWith(jpeg) ? uid.slice(jpeg.length) : '';
  switch (kind) {
    case '50':
    case '51':
      return (bytes, form) => {
        const luma = form.photometric.startsWith('YBR');
        const found = decodeJpegPart(bytes, limits, luma ? 'unless said' : 'if said');
        assertSize(form, found);
        if (form.bytes !== 1)
          throw new Error(`its elements say ${8 * form.bytes} bits, its JPEG data have 8`);
        return { data: found.data, rgb: true };
      };
    case '57':
    case '70':
      return (bytes, form) => {
        const found = decodeLosslessJpeg(bytes, limits);
        assertSize(form, found);
        return { data: found.data, rgb: false };
      };
    case '80':
    case '81':
      return codecDecoder('jpegLs', codecs);
    case '90':
    case '91':
      return codecDecoder('jpeg2000', codecs);
  }
  const name = others[kind];
  throw new Unsupported(
    `transfer syntax ${uid}${name === undefined ? '' : ` (${name})`} is not supported; save it uncompressed`,
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The compressed bytes of each frame (PS3.5, annex A.4): by the table of offsets, or one piece a frame. */
export function encapsulatedFrames({ fragments }: Element, frames: number): Uint8Array[] {
  if (fragments === undefined || fragments.length < 2)
    throw new Error('it has no pieces of compressed pixels');
  const [table, ...pieces] = fragments as [Uint8Array, ...Uint8Array[]];
  if (frames === 1) return [joined(pieces)];
  if (pieces.length === frames) return pieces;
  if (table.length !== 4 * frames || pieces.length < frames)
    throw new Error(`it has ${pieces.length} pieces for ${frames} frames, and no table says which`);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const starts = new Map<number, number>();
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    starts.set(at, i);
    at += 8 + piece.length;
  }
  const first = Array.from({ length: frames }, (_, i) => starts.get(view.getUint32(4 * i, true)) ?? -1);
  return first.map((from, i) => {
    const to = first[i + 1] ?? pieces.length;
    if (from < 0 || to <= from) throw new Error('its table of offsets is damaged');
    return joined(pieces.slice(from, to));
  });
}

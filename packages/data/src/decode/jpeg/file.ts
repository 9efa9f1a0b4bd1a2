import { segmentOrientation } from '../exif.js';
import { assertDeclared, type Limits } from '../faults.js';
import type { Coefficients } from './coefficients.js';
import { type Component, type Frame, frameOf } from './frame.js';
import { type HuffmanTable, huffmanTable } from './huffman.js';
import { samplesOf } from './inverse-dct.js';
import { type BlockEdge, reducedSamples } from './reduced-dct.js';
import { readScan, type ScanPart } from './scan.js';
import { samplesBySimd } from './simd.js';
import { zigzag } from './zigzag.js';

/** A component and its samples, `stride` × `edge` a row. */
interface SentComponent {
  readonly component: Component;
  /** Edge of its blocks: 8, or less where the picture is read at a fraction of its size. */
  readonly edge: BlockEdge;
  readonly samples: Uint8ClampedArray;
}

export interface JpegFile {
  readonly frame: Frame;
  readonly components: readonly SentComponent[];
  readonly jfif: boolean;
  /** The colour transform that an Adobe segment gives. */
  readonly adobe: number | undefined;
  readonly orientation: number | undefined;
}

/** A component while its data come. */
interface Receiving {
  readonly component: Component;
  readonly coefficients: Coefficients;
  quantisation?: Uint16Array;
}

/**
 * Edge of a component's blocks when those of the picture are `smallest`: one of half the picture's size both ways is shrunk by half as
 * much, as libjpeg does, so that nothing need be interpolated.
 */
function edgeOf({ h, v }: Component, frame: Frame, smallest: BlockEdge): BlockEdge {
  let edge: number = smallest;
  while (
    edge < 8 &&
    (frame.h * smallest) % (h * edge * 2) === 0 &&
    (frame.v * smallest) % (v * edge * 2) === 0
  )
    edge *= 2;
  return edge as BlockEdge;
}

/** More scans than a picture can use: each coefficient bit by bit would take 14 × 64. */
const mostScans = 1000;

/** Blocks that all scans together may go through, a second's work, unless the picture itself has a 16th of them. */
const mostVisits = 2 ** 25;

/**
 * Reads a JPEG file up to the samples of its components.
 * @param tables a stream of tables alone, which TIFF keeps apart.
 * @param smallest edge of the picture's blocks: 8 reads it as it is, 4 at half its size.
 * @throws {Error} where it is damaged or ends early.
 */
export function readJpeg(
  bytes: Uint8Array,
  limits: Limits,
  tables?: Uint8Array,
  smallest: BlockEdge = 8,
): JpegFile {
  const quantisation = new Map<number, Uint16Array>();
  const dc = new Map<number, HuffmanTable>();
  const ac = new Map<number, HuffmanTable>();
  const sent = new Map<number, Receiving>();
  let frame: Frame | undefined;
  let [jfif, restart, scans, visits] = [false, 0, 0, 0];
  let adobe: number | undefined;
  let orientation: number | undefined;

  const quantisationTables = (data: Uint8Array) => {
    for (let at = 0; at < data.length; ) {
      const [wide, id] = [data[at]! >> 4, data[at]! & 15];
      at++;
      if (wide > 1 || id > 3 || at + 64 * (wide + 1) > data.length)
        throw new Error('a quantisation table is damaged');
      const table = new Uint16Array(64);
      for (let k = 0; k < 64; k++, at += wide + 1)
        table[zigzag[k]!] = wide === 1 ? (data[at]! << 8) | data[at + 1]! : data[at]!;
      quantisation.set(id, table);
    }
  };
  const huffmanTables = (data: Uint8Array) => {
    for (let at = 0; at < data.length; ) {
      const [kind, id] = [data[at]! >> 4, data[at]! & 15];
      const count = data.subarray(at + 1, at + 17);
      const total = count.reduce((sum, n) => sum + n, 0);
      if (kind > 1 || id > 3 || at + 17 + total > data.length) throw new Error('a Huffman table is damaged');
      (kind === 0 ? dc : ac).set(id, huffmanTable(count, data.subarray(at + 17, at + 17 + total)));
      at += 17 + total;
    }
  };
  const frameHeader = (marker: number, data: Uint8Array, present: number) => {
    if (frame !== undefined) throw new Error('it has two frame headers');
    const read = frameOf(marker, data);
    frame = read;
    // Every block of 64 samples takes a bit at least.
    const { width, height, components } = read;
    assertDeclared({ width, height, channels: components.length }, limits, {
      present,
      most: 8 * 64 * components.length,
    });
    for (const component of components) {
      if (sent.has(component.id)) throw new Error('two components have one name');
      const blocks = component.stride * component.rows;
      const known = new Int32Array(read.progressive ? 2 * blocks : 0);
      sent.set(component.id, { component, coefficients: { values: new Int16Array(64 * blocks), known } });
    }
  };
  const scan = (data: Uint8Array, at: number, source: Uint8Array): number => {
    if (frame === undefined) throw new Error('its data come before the frame header');
    const count = data[0]!;
    if (count < 1 || count > 4 || data.length !== 4 + 2 * count) throw new Error('a scan header is damaged');
    const parts: ScanPart[] = [];
    for (let i = 0; i < count; i++) {
      const part = sent.get(data[1 + 2 * i]!);
      const which = data[2 + 2 * i]!;
      const table = quantisation.get(part?.component.table ?? -1);
      if (part === undefined || parts.some((other) => other.component === part.component))
        throw new Error('a scan header is damaged');
      if (part.quantisation === undefined) {
        if (table === undefined) throw new Error('a quantisation table is missing');
        part.quantisation = table;
      }
      parts.push({ ...part, dc: dc.get(which >> 4), ac: ac.get(which & 15) });
      visits += part.component.stride * part.component.rows;
    }
    const blocks = [...sent.values()].reduce(
      (sum, { component }) => sum + component.stride * component.rows,
      0,
    );
    if (++scans > mostScans || visits > Math.max(16 * blocks, Math.min(256 * blocks, mostVisits)))
      throw new Error('it has more scans than a picture can need');
    const [start, end, approximation] = data.subarray(1 + 2 * count) as Iterable<number> as [
      number,
      number,
      number,
    ];
    const [high, low] = [approximation >> 4, approximation & 15];
    return readScan(source, at, { frame, parts, start, end, high, low, restart });
  };
  /** Goes through the segments; true when the end marker was reached. */
  const segments = (source: Uint8Array): boolean => {
    for (let at = 2; ; ) {
      // What stands between segments (rests of a scan, fill bytes) is passed over.
      while (at < source.length && (source[at] !== 0xff || source[at + 1] === 0 || source[at + 1] === 0xff))
        at++;
      const marker = source[at + 1];
      if (marker === undefined) return false;
      at += 2;
      if (marker === 0xd9) return true;
      if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
      const length = ((source[at] ?? 0) << 8) | (source[at + 1] ?? 0);
      if (length < 2 || at + length > source.length) throw new Error('a segment ends beyond the file');
      const data = source.subarray(at + 2, at + length);
      at += length;
      if (marker === 0xdb) quantisationTables(data);
      else if (marker === 0xc4) huffmanTables(data);
      else if (marker === 0xdd) restart = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
      else if (marker === 0xda) at = scan(data, at, source);
      else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== 0xcc)
        frameHeader(marker, data, source.length - at);
      else if (marker === 0xe0) jfif ||= String.fromCharCode(...data.subarray(0, 4)) === 'JFIF';
      else if (marker === 0xe1) orientation ??= segmentOrientation(data);
      else if (marker === 0xee && String.fromCharCode(...data.subarray(0, 5)) === 'Adobe') adobe = data[11];
    }
  };

  if (tables !== undefined) segments(tables);
  if (!segments(bytes)) throw new Error('the end marker is missing: the file is truncated');
  if (frame === undefined) throw new Error('it has no frame header');
  const components: SentComponent[] = [];
  for (const [id, { component, coefficients, quantisation: table }] of sent) {
    const { values } = coefficients;
    if (table === undefined) throw new Error('a component has no data');
    const edge = edgeOf(component, frame, smallest);
    const { stride, rows } = component;
    const samples =
      edge === 8
        ? (samplesBySimd(values, table, stride, rows) ?? samplesOf(values, table, stride, rows))
        : reducedSamples(values, table, stride, rows, edge);
    components.push({ component, edge, samples });
    // Coefficients take twice the room of samples: each component's go at once.
    sent.delete(id);
  }
  return { frame, components, jfif, adobe, orientation };
}

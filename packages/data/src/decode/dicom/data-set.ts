import { type Limits, Unsupported } from '../faults.js';
import { inflated } from './deflated.js';

/** How elements and pixels are written, by the transfer syntax. */
export interface Syntax {
  readonly uid: string;
  readonly explicit: boolean;
  readonly little: boolean;
}

export interface Element {
  /** Two letters, where they are written down. */
  readonly vr: string;
  readonly value: Uint8Array;
  /** Pieces of encapsulated pixels, the table of offsets first. */
  readonly fragments?: readonly Uint8Array[];
}

/** The elements about the picture, by tag (`group << 16 | element`); none about the patient. */
export interface DataSet {
  readonly syntax: Syntax;
  readonly elements: ReadonlyMap<number, Element>;
  /** What each frame of an enhanced object says for itself. */
  readonly frames: readonly ReadonlyMap<number, Element>[];
}

/** All that is ever looked at: geometry, sample format, palette, scaling, pixels, and which slices belong together. */
const wanted: ReadonlySet<number> = new Set([
  ...[0x0018_0050, 0x0018_0088, 0x0018_1164, 0x0018_2010, 0x0020_000e, 0x0020_0032, 0x0020_0037],
  ...[0x0028_0002, 0x0028_0004, 0x0028_0006, 0x0028_0008, 0x0028_0010, 0x0028_0011, 0x0028_0030],
  ...[0x0028_0100, 0x0028_0101, 0x0028_0102, 0x0028_0103, 0x0028_1052, 0x0028_1053],
  ...[0x0028_1101, 0x0028_1102, 0x0028_1103, 0x0028_1201, 0x0028_1202, 0x0028_1203],
  ...[0x0028_1221, 0x0028_1222, 0x0028_1223],
  ...[0x7fe0_0008, 0x7fe0_0009, 0x7fe0_0010],
]);
/** Sequences that hold wanted elements: what frames share, and their measures and scaling. */
const entered: ReadonlySet<number> = new Set([0x5200_9229, 0x0028_9110, 0x0028_9145]);
const perFrame = 0x5200_9230;
const [item, itemEnd, sequenceEnd] = [0xfffe_e000, 0xfffe_e00d, 0xfffe_e0dd];
const unknownLength = 0xffff_ffff;
const longForms = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** Sequences in sequences; real files have a handful. */
const deepest = 32;

interface Head {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  /** Where the value begins. */
  readonly from: number;
}

class Reader {
  readonly view: DataView;
  readonly elements = new Map<number, Element>();
  readonly frames: Map<number, Element>[] = [];

  constructor(
    readonly bytes: Uint8Array,
    public little: boolean,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  head(at: number, end: number, explicit: boolean): Head {
    if (at + 8 > end) throw new Error(`its elements end early (at byte ${at})`);
    const { view, little } = this;
    const tag = view.getUint16(at, little) * 65_536 + view.getUint16(at + 2, little);
    const delimiter = tag === item || tag === itemEnd || tag === sequenceEnd;
    if (!explicit || delimiter) return { tag, vr: '', length: view.getUint32(at + 4, little), from: at + 8 };
    const vr = String.fromCharCode(this.bytes[at + 4]!, this.bytes[at + 5]!);
    if (!longForms.has(vr)) return { tag, vr, length: view.getUint16(at + 6, little), from: at + 8 };
    if (at + 12 > end) throw new Error(`its elements end early (at byte ${at})`);
    return { tag, vr, length: view.getUint32(at + 8, little), from: at + 12 };
  }

  /** Goes over elements; returns where they end. `into` takes the wanted ones. */
  walk(
    at: number,
    end: number,
    explicit: boolean,
    depth: number,
    into: Map<number, Element> | undefined,
  ): number {
    let next = at;
    while (next < end) {
      // Files are padded with zeros or end in a stray byte.
      if (end - next < 8) return end;
      const { tag, vr, length, from } = this.head(next, end, explicit);
      if (tag === itemEnd || tag === sequenceEnd) return from;
      const open = length === unknownLength;
      if (tag === 0x7fe0_0010 && open) {
        const { fragments, after } = this.fragments(from, end);
        into?.set(tag, { vr, value: new Uint8Array(0), fragments });
        next = after;
        continue;
      }
      if (!open && from + length > end)
        throw new Error(`its data end after ${this.bytes.length} of ${from + length} bytes`);
      const inside = into !== undefined && (entered.has(tag) || tag === perFrame);
      if (open || inside) {
        // What is of unknown form is written implicitly inside.
        next = this.sequence(
          from,
          open ? end : from + length,
          explicit && vr !== 'UN',
          depth,
          open,
          tag,
          into,
        );
        continue;
      }
      if (into !== undefined && wanted.has(tag) && !into.has(tag))
        into.set(tag, { vr, value: this.bytes.subarray(from, from + length) });
      next = from + length;
    }
    return next;
  }

  /** Goes over the items of a sequence. */
  private sequence(
    at: number,
    end: number,
    explicit: boolean,
    depth: number,
    open: boolean,
    tag: number,
    into: Map<number, Element> | undefined,
  ): number {
    if (depth > deepest) throw new Unsupported(`sequences deeper than ${deepest} are not supported`);
    let next = at;
    while (next < end) {
      const { tag: mark, length, from } = this.head(next, end, explicit);
      if (mark === sequenceEnd) return from;
      if (mark !== item) throw new Error(`a sequence is damaged (at byte ${next})`);
      const unknown = length === unknownLength;
      if (!unknown && from + length > end) throw new Error(`a sequence is damaged (at byte ${next})`);
      let target = into !== undefined && entered.has(tag) ? into : undefined;
      if (into !== undefined && tag === perFrame) {
        target = new Map();
        this.frames.push(target);
      }
      next = this.walk(from, unknown ? end : from + length, explicit, depth + 1, target);
    }
    if (open) throw new Error('a sequence does not end');
    return next;
  }

  private fragments(at: number, end: number): { fragments: Uint8Array[]; after: number } {
    const fragments: Uint8Array[] = [];
    let next = at;
    for (;;) {
      const { tag, length, from } = this.head(next, end, false);
      if (tag === sequenceEnd) return { fragments, after: from };
      if (tag !== item || from + length > end)
        throw new Error(`its data end early (after ${Math.max(0, fragments.length - 1)} pieces)`);
      fragments.push(this.bytes.subarray(from, from + length));
      next = from + length;
    }
  }
}

/** Text without its padding. */
export const textOf = (element: Element | undefined): string =>
  element === undefined
    ? ''
    : String.fromCharCode(...element.value.subarray(0, 4096))
        .replace(/\0[\s\S]*$/, '')
        .trim();

const bigEndian = '1.2.840.10008.1.2.2';
const implicitLittle = '1.2.840.10008.1.2';
const deflated = '1.2.840.10008.1.2.1.99';

/**
 * Reads the elements of a DICOM file (part 10) that say what its pixels are; all others are gone over unread.
 * @throws {Error} where it is damaged.
 * @see DICOM PS3.5 and PS3.10, 2024.
 */
export function readDataSet(file: Uint8Array, limits: Limits): DataSet {
  let bytes = file;
  if (String.fromCharCode(...bytes.subarray(128, 132)) !== 'DICM') throw new Error('its header is damaged');
  const meta = new Reader(bytes, true);
  let at = 132;
  let uid = implicitLittle;
  while (at + 8 <= bytes.length && meta.view.getUint16(at, true) === 2) {
    const { tag, vr, length, from } = meta.head(at, bytes.length, true);
    if (length === unknownLength || from + length > bytes.length) throw new Error('its header is damaged');
    if (tag === 0x0002_0010) uid = textOf({ vr, value: bytes.subarray(from, from + length) });
    at = from + length;
  }
  if (uid === deflated) {
    bytes = inflated(file, at, limits);
    at = 0;
  }
  // Some writers name one form and write the other, or name none: explicit are elements with letters behind their tag.
  const explicit = /^[A-Z]{2}$/.test(String.fromCharCode(...bytes.subarray(at + 4, at + 6)));
  const syntax = { uid, explicit, little: uid !== bigEndian };
  const body = new Reader(bytes, syntax.little);
  body.walk(at, bytes.length, syntax.explicit, 0, body.elements);
  return { syntax, elements: body.elements, frames: body.frames };
}

import { Unsupported } from '../faults.js';
import type { Element } from './data-set.js';

/** Entries of a table that is written in segments: values as they are, or lines up to a value. */
function fromSegments(words: readonly number[], entries: number): Uint16Array {
  const out = new Uint16Array(entries);
  let to = 0;
  for (let at = 0; to < entries; ) {
    const [kind, count, value] = [words[at], words[at + 1], words[at + 2]];
    if (kind === 2)
      throw new Unsupported('a palette with repeated segments is not supported; save it as RGB');
    if (kind === undefined || kind > 2 || !count || value === undefined || to + count > entries)
      throw new Error('its palette is damaged');
    if (kind === 0) {
      if (at + 2 + count > words.length) throw new Error('its palette is damaged');
      for (let i = 0; i < count; i++) out[to++] = words[at + 2 + i]!;
      at += 2 + count;
    } else {
      if (to === 0) throw new Error('its palette is damaged');
      const from = out[to - 1]!;
      for (let i = 1; i <= count; i++) out[to++] = Math.round(from + ((value - from) * i) / count);
      at += 3;
    }
  }
  return out;
}

/**
 * Colours of the indices from the first on, three bytes each, by the high byte of their entries.
 * @throws {Error} where a table is missing or damaged; `Unsupported` where its segments refer to others.
 * @see DICOM PS3.3, C.7.6.3.1.5 and C.7.9.2 (segmented palettes), 2024.
 */
export function paletteOf(
  elements: ReadonlyMap<number, Element>,
  little: boolean,
  indices: number,
): Uint8Array {
  const out = new Uint8Array(3 * indices);
  for (let c = 0; c < 3; c++) {
    const descriptor = elements.get(0x0028_1101 + c)?.value;
    const whole = elements.get(0x0028_1201 + c)?.value;
    const table = whole ?? elements.get(0x0028_1221 + c)?.value;
    if (descriptor === undefined || descriptor.length < 6 || table === undefined)
      throw new Error('its palette is damaged');
    const head = new DataView(descriptor.buffer, descriptor.byteOffset, 6);
    const entries = head.getUint16(0, little) || 65_536;
    const [first, bits] = [head.getUint16(2, little), head.getUint16(4, little)];
    const wide = bits > 8 && (whole === undefined || table.length >= 2 * entries);
    if (whole !== undefined && table.length < entries) throw new Error('its palette is damaged');
    const view = new DataView(table.buffer, table.byteOffset, table.length);
    const words = Array.from({ length: wide ? table.length >> 1 : table.length }, (_, i) =>
      wide ? view.getUint16(2 * i, little) : table[i]!,
    );
    const values = whole === undefined ? fromSegments(words, entries) : words;
    for (let i = 0; i < indices; i++) {
      const value = values[Math.min(entries - 1, Math.max(0, i - first))]!;
      out[3 * i + c] = wide ? value >> 8 : value;
    }
  }
  return out;
}

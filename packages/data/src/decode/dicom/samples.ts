/** How a sample lies in its word. */
export interface SampleForm {
  /** Bits of the word: 1, 8, 16 or 32. */
  readonly allocated: number;
  /** Bits of the sample, the lowest of them `shift` bits up. */
  readonly stored: number;
  readonly shift: number;
  readonly signed: boolean;
  readonly little: boolean;
}

export type Samples = Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

function emptyOf({ stored, signed }: SampleForm, length: number): Samples {
  if (stored <= 8 && !signed) return new Uint8Array(length);
  if (stored <= 16) return signed ? new Int16Array(length) : new Uint16Array(length);
  return signed ? new Int32Array(length) : new Uint32Array(length);
}

/**
 * Samples as numbers: shifted down, other bits (overlays) masked off, signs spread.
 *
 * @param words bytes, or numbers that a codec gave.
 * @param count samples to read.
 * @param skip samples before them; of one bit each they do not begin at whole bytes.
 * @param options `invert` gives what white leaves; `planes` channels lie one after the other.
 * @returns samples side by side.
 */
export function samplesOf(
  words: Uint8Array | Uint16Array | Int16Array,
  form: SampleForm,
  count: number,
  skip: number,
  { invert, planes }: { readonly invert: boolean; readonly planes: number },
): Samples {
  const { allocated, stored, shift, signed, little } = form;
  const out = emptyOf(form, count);
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const bytes = words instanceof Uint8Array;
  const read = (i: number): number => {
    if (allocated === 1) return (words[(skip + i) >> 3]! >> ((skip + i) & 7)) & 1;
    if (!bytes || allocated === 8) return words[i]!;
    return allocated === 16 ? view.getUint16(2 * i, little) : view.getUint32(4 * i, little);
  };
  const unused = 32 - stored;
  const each = count / planes;
  for (let i = 0; i < count; i++) {
    const from = planes === 1 ? i : (i % planes) * each + Math.floor(i / planes);
    const up = (read(from) >>> shift) << unused;
    const value = signed ? up >> unused : up >>> unused;
    out[i] = invert ? (signed ? -1 - value : 2 ** stored - 1 - value) : value;
  }
  return out;
}

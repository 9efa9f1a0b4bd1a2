import { SegscapeError } from '@segscape/core';

const text = (value: string) => new TextEncoder().encode(value);

/** Bytes one after another. */
export function joined(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 0x80) {
    bytes.push((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  return [...bytes, value];
}

/** A field of protobuf that has a length: a text, bytes, another message. */
export const bytesField = (number: number, content: Uint8Array | readonly number[]): Uint8Array =>
  joined([[number * 8 + 2, ...varint(content.length)], content]);

export const textField = (number: number, value: string): Uint8Array => bytesField(number, text(value));

const numberField = (number: number, value: number) => [number * 8, ...varint(value)];

const floats = (values: ArrayLike<number>, width: 4 | 8): Uint8Array => {
  const view = new DataView(new ArrayBuffer(width * values.length));
  for (let i = 0; i < values.length; i++)
    if (width === 4) view.setFloat32(4 * i, values[i]!, true);
    else view.setFloat64(8 * i, values[i]!, true);
  return new Uint8Array(view.buffer);
};

export const floatField = (number: number, value: number, width: 4 | 8): Uint8Array =>
  joined([[number * 8 + (width === 4 ? 5 : 1)], floats([value], width)]);

/** A value of a summary: its tag, and what it is. */
export const scalarValue = (tag: string, value: number): Uint8Array =>
  bytesField(1, joined([textField(1, tag), floatField(2, value, 4)]));

/** Channels of PNG's colour types, as TensorBoard's `colorspace`. */
const colours: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/**
 * @param png a PNG file, whose header tells its size.
 * @throws {SegscapeError} `CORRUPT_FILE` for other bytes.
 */
export function imageValue(tag: string, png: Uint8Array): Uint8Array {
  const whole = ArrayBuffer.isView(png) && png.length >= 33;
  const view = whole ? new DataView(png.buffer, png.byteOffset, png.byteLength) : undefined;
  if (view?.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452)
    throw new SegscapeError('CORRUPT_FILE', `recordPictures: '${tag}' is no PNG file.`, { details: { tag } });
  const image = joined([
    numberField(1, view.getUint32(20)),
    numberField(2, view.getUint32(16)),
    numberField(3, colours[png[25]!] ?? 3),
    bytesField(4, png),
  ]);
  return bytesField(1, joined([textField(1, tag), bytesField(4, image)]));
}

/** Buckets of a histogram: as many as TensorBoard draws. */
const buckets = 30;

/** How many values lie in each of the equal buckets from the least to the largest; those that are not finite are in none. */
export function histogramValue(tag: string, values: ArrayLike<number>): Uint8Array {
  let [low, high, count, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    count++;
    sum += value;
    squares += value * value;
  }
  if (count === 0) [low, high] = [0, 0];
  const counts = new Float64Array(buckets);
  const width = (high - low) / buckets;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    counts[width > 0 ? Math.min(buckets - 1, Math.floor((value - low) / width)) : 0]!++;
  }
  const limits = Float64Array.from(counts, (_, k) => (k === buckets - 1 ? high : low + (k + 1) * width));
  const histogram = joined([
    ...[low, high, count, sum, squares].map((value, k) => floatField(k + 1, value, 8)),
    bytesField(6, floats(limits, 8)),
    bytesField(7, floats(counts, 8)),
  ]);
  return bytesField(1, joined([textField(1, tag), bytesField(5, histogram)]));
}

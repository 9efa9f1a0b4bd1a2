import { SegscapeError, type Storage } from '@segscape/core';
import { crc32c } from './crc32c.js';

/** TFRecord's mask: a checksum of data that hold checksums must not look like one of them. */
const masked = (crc: number) => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 0x80) {
    bytes.push((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  return [...bytes, value];
}

const bytesField = (number: number, content: ArrayLike<number>) => [
  number * 8 + 2,
  ...varint(content.length),
  ...Array.from(content),
];
const text = (value: string) => new TextEncoder().encode(value);

function float(number: number, value: number, width: 4 | 8): number[] {
  const view = new DataView(new ArrayBuffer(width));
  if (width === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [number * 8 + (width === 4 ? 5 : 1), ...new Uint8Array(view.buffer)];
}

/** One TFRecord: length, its checksum, the data, their checksum. */
function frame(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true); // the upper half of the 64-bit length stays 0
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return record;
}

const event = (seconds: number, step: number, rest: number[]) =>
  frame(Uint8Array.from([...float(1, seconds, 8), 2 * 8, ...varint(step), ...rest]));

/** The record that opens an event file. */
export const fileVersion = (seconds: number): Uint8Array =>
  event(seconds, 0, bytesField(3, text('brain.Event:2')));

/** Tells TensorBoard to forget what earlier files of the folder hold from `step` on: a resumed run says it anew. */
export const sessionStart = (seconds: number, step: number): Uint8Array =>
  event(seconds, step, bytesField(7, [8, 1]));

/** Scalars of one step as a record of an event file. */
export function scalars(seconds: number, step: number, values: Readonly<Record<string, number>>): Uint8Array {
  const summary = Object.entries(values).flatMap(([tag, value]) =>
    bytesField(1, [...bytesField(1, text(tag)), ...float(2, value, 4)]),
  );
  return event(seconds, step, bytesField(5, summary));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Writes scalars into event files, one folder a curve. Each writer starts a file of its own: what a killed process
 * tore is never appended to.
 * @param now seconds since 1970.
 */
export function eventWriter(storage: Storage, now: () => number) {
  const files = new Map<string, string>();
  return async (folder: string, step: number, values: Readonly<Record<string, number>>): Promise<void> => {
    const record = scalars(now(), step, values);
    const open = files.get(folder);
    if (open !== undefined) return storage.append(open, record);
    const earlier = (await storage.list(folder)).filter((path) => path.includes('tfevents')).length;
    const count = String(earlier).padStart(5, '0');
    const path = `${folder}/events.out.tfevents.${Math.floor(now())}.${count}.segscape`;
    const head = earlier === 0 ? [] : [sessionStart(now(), step)];
    await storage.write(path, joined([fileVersion(now()), ...head, record]));
    files.set(folder, path);
  };
}

/**
 * Checks the records of an event file, whoever wrote it.
 * @returns the number of whole records; a torn last one is not counted.
 * @throws {SegscapeError} `CORRUPT_FILE` when a checksum is wrong.
 */
export function countRecords(bytes: Uint8Array, path: string): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let count = 0;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at, true);
    const bad = masked(crc32c(bytes.subarray(at, at + 8))) !== view.getUint32(at + 8, true);
    if (!bad && at + 16 + length > bytes.length) break;
    if (
      bad ||
      masked(crc32c(bytes.subarray(at + 12, at + 12 + length))) !== view.getUint32(at + 12 + length, true)
    )
      throw new SegscapeError('CORRUPT_FILE', `'${path}' is damaged at byte ${at} (record ${count}).`, {
        details: { path, at },
      });
    at += 16 + length;
    count++;
  }
  return count;
}

import { SegscapeError, type Storage } from '@segscape/core';
import { crc32c } from './crc32c.js';
import { bytesField, floatField, joined, scalarValue, textField, varint } from './tensorboard-values.js';

/** TFRecord's mask: a checksum of data that hold checksums must not look like one of them. */
const masked = (crc: number) => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

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

const event = (seconds: number, step: number, rest: Uint8Array) =>
  frame(joined([floatField(1, seconds, 8), [2 * 8, ...varint(step)], rest]));

/** The record that opens an event file. */
export const fileVersion = (seconds: number): Uint8Array => event(seconds, 0, textField(3, 'brain.Event:2'));

/** Tells TensorBoard to forget what earlier files of the folder hold from `step` on: a resumed run says it anew. */
const sessionStart = (seconds: number, step: number): Uint8Array =>
  event(seconds, step, bytesField(7, [8, 1]));

/** Values of one step as a record of an event file. */
export const summary = (seconds: number, step: number, values: readonly Uint8Array[]): Uint8Array =>
  event(seconds, step, bytesField(5, joined(values)));

/** Scalars as values of a summary. */
export const scalarValues = (values: Readonly<Record<string, number>>): Uint8Array[] =>
  Object.entries(values).map(([tag, value]) => scalarValue(tag, value));

/** The time and the number in the name of an event file, ours or another's; -1 for what is not there. */
function placeOf(path: string): readonly [time: number, count: number] {
  const [, time = -1, count = -1] = /tfevents\.(\d+)(?:\.(\d{5})\.segscape$)?/.exec(path) ?? [];
  return [Number(time), Number(count)];
}

/**
 * A name for one more event file of a folder. TensorBoard reads a folder's files in the order of their names, so the new one comes behind the
 * earlier ones though the clock may have gone back, and it takes the name of none of them.
 */
function nextFile(folder: string, earlier: readonly string[], seconds: number): string {
  const places = earlier.map(placeOf);
  const time = Math.max(Math.floor(seconds), ...places.map(([at]) => at));
  const count = Math.max(earlier.length, ...places.map(([, at]) => at + 1));
  return `${folder}/events.out.tfevents.${time}.${String(count).padStart(5, '0')}.segscape`;
}

/**
 * Writes values of steps into event files, one folder a curve. Each writer starts a file of its own: what a killed process, or a full
 * disk, tore is never appended to. Calls for one folder wait for one another.
 * @param now seconds since 1970.
 */
export function eventWriter(storage: Storage, now: () => number) {
  /** By folder: the file that was last written to, once that is done; none where it failed. */
  const files = new Map<string, Promise<string | undefined>>();
  const written = async (folder: string, open: string | undefined, step: number, record: Uint8Array) => {
    if (open !== undefined) {
      await storage.append(open, record);
      return open;
    }
    const earlier = (await storage.list(folder)).filter((path) => path.includes('tfevents'));
    const path = nextFile(folder, earlier, now());
    const head = earlier.length === 0 ? [] : [sessionStart(now(), step)];
    await storage.write(path, joined([fileVersion(now()), ...head, record]));
    return path;
  };
  return async (folder: string, step: number, values: readonly Uint8Array[]): Promise<void> => {
    const record = summary(now(), step, values);
    const before = files.get(folder) ?? Promise.resolve(undefined);
    const turn = before.then((open) => written(folder, open, step, record));
    files.set(
      folder,
      turn.catch(() => undefined),
    );
    await turn;
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

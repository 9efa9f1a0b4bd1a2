import { describe, expect, test } from 'vitest';
import { crc32c } from '../src/crc32c.js';
import { createRun, memoryStorage, openRun, tensorBoard } from '../src/index.js';
import { countRecords, eventWriter, fileVersion, scalarValues, summary } from '../src/tensorboard.js';
import { histogramValue, imageValue } from '../src/tensorboard-values.js';

const scalars = (seconds: number, step: number, values: Readonly<Record<string, number>>) =>
  summary(seconds, step, scalarValues(values));

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('crc32c', () => {
  test("gives RFC 3720's check values", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  test('goes on from an earlier part, wherever it was cut', () => {
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => (i * 37) & 0xff);
    for (let cut = 0; cut <= 40; cut++)
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  });
});

describe('event files', () => {
  test("begin with TensorFlow's version record", () => {
    const record = fileVersion(1);
    // length 24, field 1 (double 1.0), field 2 (step 0), field 3 'brain.Event:2'
    expect(hex(record.subarray(0, 8))).toBe('1a00000000000000');
    expect(hex(record.subarray(12, -4))).toBe(
      `09000000000000f03f10001a0d${Buffer.from('brain.Event:2').toString('hex')}`,
    );
    expect(countRecords(record, 'x')).toBe(1);
  });

  test('hold a scalar as protobuf: step 300, tag "a", value 1.5', () => {
    const record = scalars(0, 300, { a: 1.5 });
    expect(hex(record.subarray(12, -4))).toBe('09000000000000000010ac022a0a0a080a0161150000c03f');
  });

  test('one folder a curve; a resumed run writes a new file that overrides later steps', async () => {
    const storage = memoryStorage();
    const record = { loss: 'ce 1:3', seed: 1, epoch: 4, measures: { train: { loss: 1 } } };
    await (await createRun(storage, {}, { now: () => 100.5 })).recordEpoch(record);
    await (await openRun(storage, { now: () => 101 })).recordEpoch({ ...record, epoch: 3 });
    const paths = await storage.list('tensorboard');
    expect(paths).toEqual([
      'tensorboard/ce-1-3-af28/seed-1/train/events.out.tfevents.100.00000.segscape',
      'tensorboard/ce-1-3-af28/seed-1/train/events.out.tfevents.101.00001.segscape',
    ]);
    expect(countRecords(await storage.read(paths[0]!), 'x')).toBe(2);
    expect(countRecords(await storage.read(paths[1]!), 'x')).toBe(3);
  });

  test('a clock that went back, or a file that was taken away, leaves the newest file the last by name', async () => {
    const storage = memoryStorage();
    const record = { loss: 'ce', seed: 1, measures: { train: { loss: 1 } } };
    const folder = 'tensorboard/ce/seed-1/train';
    await (await createRun(storage, {}, { now: () => 200 })).recordEpoch({ ...record, epoch: 1 });
    const times = [150, 100.5, 199, 201, 7];
    for (const [i, time] of times.entries()) {
      const before = await storage.list(folder);
      if (i === 2) await (await openRun(storage)).storage.remove(before[0]!);
      await (await openRun(storage, { now: () => time })).recordEpoch({ ...record, epoch: i + 2 });
      const after = await storage.list(folder);
      expect(after.filter((path) => !before.includes(path))).toEqual([after.at(-1)]);
      expect(after).toHaveLength(before.length + (i === 2 ? 0 : 1));
    }
    const other = `${folder}/events.out.tfevents.300.host.1.0.v2`;
    await storage.write(other, fileVersion(300));
    await (await openRun(storage, { now: () => 250 })).recordEpoch({ ...record, epoch: 9 });
    // TensorBoard compares names: behind the file of another writer, too.
    expect((await storage.list(folder)).filter((path) => path.includes('tfevents.300'))).toHaveLength(2);
  });

  test('records that come at once all stand in one file, in their order', async () => {
    const storage = memoryStorage();
    const run = await createRun(storage, {}, { now: () => 1 });
    const steps = Array.from({ length: 12 }, (_, step) => step);
    await Promise.all(
      steps.map((step) => run.recordStep({ loss: 'ce', seed: 1, step, values: { a: step } })),
    );
    const [path, ...more] = await storage.list('tensorboard');
    expect(more).toEqual([]);
    const bytes = await storage.read(path!);
    expect(countRecords(bytes, path!)).toBe(13);
    expect(hex(bytes).endsWith(hex(scalars(1, 11, { a: 11 })))).toBe(true);
    expect(await run.validate()).toEqual([]);
  });

  test('what a full disk tore is not appended to', async () => {
    const storage = memoryStorage();
    let full = false;
    const torn = {
      ...storage,
      append: async (path: string, content: Uint8Array | string) => {
        await storage.append(path, full ? content.slice(0, 9) : content);
        if (full) throw new Error('the disk is full');
      },
    };
    const write = eventWriter(torn, () => 1);
    await write('steps', 0, scalarValues({ a: 0 }));
    full = true;
    await expect(write('steps', 1, scalarValues({ a: 1 }))).rejects.toThrow('the disk is full');
    full = false;
    await write('steps', 2, scalarValues({ a: 2 }));
    const paths = await storage.list('steps');
    const counts = await Promise.all(paths.map(async (path) => countRecords(await storage.read(path), path)));
    expect(counts).toEqual([2, 3]);
  });

  test('a flipped byte is found', () => {
    const record = scalars(0, 1, { a: 1 });
    for (let i = 0; i < record.length; i++) {
      const damaged = record.slice();
      damaged[i]! ^= 1;
      expect(() => countRecords(damaged, 'x')).toThrow(/damaged/);
    }
  });
});

/** Fields of a protobuf message: numbers and bytes by field number. */
function fieldsOf(bytes: Uint8Array): Map<number, (Uint8Array | number)[]> {
  const fields = new Map<number, (Uint8Array | number)[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  };
  const sizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
  while (at < bytes.length) {
    const key = varint();
    const form = key & 7;
    const held = form === 0 ? varint() : 0;
    const length = form === 2 ? varint() : (sizes[form] ?? 0);
    const value =
      form === 0
        ? held
        : form === 1
          ? view.getFloat64(at, true)
          : form === 5
            ? view.getFloat32(at, true)
            : bytes.subarray(at, at + length);
    at += length;
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}
const inner = (bytes: Uint8Array, ...path: number[]) =>
  path.reduce((message, field) => fieldsOf(message).get(field)![0] as Uint8Array, bytes);
const doubles = (bytes: Uint8Array) => Array.from(new Float64Array(Uint8Array.from(bytes).buffer));

describe('pictures and histograms', () => {
  const png = Uint8Array.from(
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAAAAAC4HznGAAAAEElEQVR4nGNgYPj/n4mBgQEADu4C/0EQTjIAAAAASUVORK5CYII=',
      'base64',
    ),
  );

  test('a picture has its size, channels and bytes', () => {
    const image = inner(imageValue('a', png), 1, 4);
    const fields = fieldsOf(image);
    expect([1, 2, 3].map((field) => fields.get(field)![0])).toEqual([3, 2, 1]);
    expect(fields.get(4)![0]).toEqual(png);
    expect(() => imageValue('a', new Uint8Array(40))).toThrow("recordPictures: 'a' is no PNG file.");
  });

  test('a histogram has the values’ moments and counts them all, those that are not finite left out', () => {
    const values = [0, 1, 1, 30, Number.NaN, Number.POSITIVE_INFINITY];
    const fields = fieldsOf(inner(histogramValue('w', values), 1, 5));
    expect([1, 2, 3, 4, 5].map((field) => fields.get(field)![0])).toEqual([0, 30, 4, 32, 902]);
    const [limits, counts] = [6, 7].map((field) => doubles(fields.get(field)![0] as Uint8Array));
    expect(limits).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
    expect([counts![0], counts![1], counts![29]]).toEqual([1, 2, 1]);
    expect(counts!.reduce((sum, n) => sum + n)).toBe(4);
    const alike = fieldsOf(inner(histogramValue('w', [2, 2]), 1, 5));
    expect(doubles(alike.get(7)![0] as Uint8Array)[0]).toBe(2);
    expect(fieldsOf(inner(histogramValue('w', []), 1, 5)).get(3)![0]).toBe(0);
  });

  test('stand beside the scalars of a run', async () => {
    const storage = memoryStorage();
    const run = await createRun(storage, {}, { now: () => 7 });
    const key = { loss: 'ce', seed: 1, epoch: 2 };
    await run.recordPictures({ ...key, pictures: { 'x1/prediction': png } });
    await run.recordPictures({ ...key, pictures: {} });
    await run.recordHistograms({ ...key, values: { 'encoder.0.kernel': Float32Array.of(1, 2) } });
    const paths = await storage.list('tensorboard');
    expect(paths.map((path) => path.split('/').at(-2))).toEqual(['histograms', 'pictures']);
    for (const path of paths) expect(countRecords(await storage.read(path), path)).toBe(2);
  });

  test('tensorBoard writes each split and the loss of each step, and passes every event on', async () => {
    const storage = memoryStorage();
    const given = [
      { type: 'batch', epoch: 0, step: 1, loss: 0.5 },
      { type: 'epoch', epoch: 1, measures: { validation: { loss: 0.4 }, test: { 'iou.disc': 0.7 } } },
      { type: 'done' },
    ];
    const seen: unknown[] = [];
    async function* events() {
      yield* given;
    }
    for await (const event of tensorBoard(events(), storage, { now: () => 3 })) seen.push(event);
    expect(seen).toEqual(given);
    const paths = await storage.list('tensorboard');
    expect(paths.map((path) => path.split('/')[1])).toEqual(['steps', 'test', 'validation']);
    expect(hex((await storage.read(paths[2]!)).slice(-30, -4))).toContain('6c6f7373');
  });
});

import { describe, expect, test } from 'vitest';
import { crc32c } from '../src/crc32c.js';
import { createRun, memoryStorage, openRun } from '../src/index.js';
import { countRecords, fileVersion, scalars } from '../src/tensorboard.js';

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

  test('a flipped byte is found', () => {
    const record = scalars(0, 1, { a: 1 });
    for (let i = 0; i < record.length; i++) {
      const damaged = record.slice();
      damaged[i]! ^= 1;
      expect(() => countRecords(damaged, 'x')).toThrow(/damaged/);
    }
  });
});

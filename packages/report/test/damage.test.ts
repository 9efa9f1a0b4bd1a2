import { openRun } from '@segscape/runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barePng } from '../src/data/bare-png.js';
import { csvCell } from '../src/data/csv.js';
import { encodePng, reportHtml } from '../src/index.js';
import { syntheticRun } from './synthetic-run.js';

const png = encodePng({
  data: Uint8Array.from({ length: 600 }, (_, i) => (i * 37) % 251),
  height: 10,
  width: 20,
  channels: 3,
});
const change = (at: number, by: number) => png.map((byte, i) => (i === at ? byte ^ by : byte));

describe('barePng', () => {
  test('of a whole file', () => expect(barePng('a.png', png)).toMatchObject({ width: 20, height: 10 }));
  test('every single bit that flips is noticed', () =>
    fc.assert(
      fc.property(fc.nat(png.length - 1), fc.nat(7), (at, bit) => {
        expect(() => barePng('a.png', change(at, 1 << bit))).toThrow(/^a\.png: .*, left out\.$/);
      }),
      { numRuns: 2_000 },
    ));
  test('every shorter file is noticed', () => {
    for (let length = 0; length < png.length; length++)
      expect(() => barePng('a.png', png.subarray(0, length))).toThrow(/^a\.png: .*, left out\.$/);
  });
  test.each([
    [png.subarray(0, 300), 'a.png: a PNG file that breaks off after 300 bytes, left out.'],
    [change(60, 4), 'a.png: a damaged PNG file (the checksum of chunk 2 at byte 33 is wrong), left out.'],
    [Uint8Array.of(...png, 0), 'a.png: a PNG file with 1 bytes after its end, left out.'],
    [png.subarray(8), 'a.png: not a PNG file, left out.'],
  ])('what is wrong is named (%#)', (bytes, message) =>
    expect(() => barePng('a.png', bytes)).toThrow(message),
  );
});

test('half a picture is not in the report, and its file is named', async () => {
  const storage = await syntheticRun({ epochs: 1, resolution: 3, side: 24, samples: 1, images: 2 });
  const run = await openRun(storage);
  const whole = await run.readMap('phantom-024/image');
  await run.writeMap('phantom-024/image', whole.slice(0, whole.length >> 1));
  const html = await reportHtml(storage);
  expect(
    html.includes(
      `maps/phantom-024/image.png: a PNG file that breaks off after ${whole.length >> 1} bytes, left out.`,
    ),
  ).toBe(true);
  expect(html.includes(Buffer.from(whole.slice(0, 60)).toString('base64'))).toBe(false);
});

test('a run whose history is gone has no report without curves: the file is named', async () => {
  const storage = await syntheticRun({ epochs: 1, resolution: 3, side: 24, samples: 1, images: 2 });
  await storage.remove('history.csv');
  await expect(reportHtml(storage)).rejects.toThrow("'history.csv' is missing");
});

describe('csvCell', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+cmd|x', "'+cmd|x"],
    ['-a', "'-a"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\r=1', '"\'\r=1"'],
    ['-1.5', '-1.5'],
    ['+2e-3', '+2e-3'],
    ['CE 1:3', 'CE 1:3'],
    ['a "b", c', '"a ""b"", c"'],
    ['=a,"b"', '"\'=a,""b"""'],
    ['a\nb', '"a\nb"'],
    ['', ''],
  ])('%j is written as %j', (text, cell) => expect(csvCell(text)).toBe(cell));
});

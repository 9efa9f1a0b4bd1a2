import { expect, test } from 'vitest';
import { MaskPainting } from '../src/data/mask-painting.js';

const rows = ({ data, width, height }: MaskPainting) =>
  Array.from({ length: height }, (_, y) => data.subarray(y * width, (y + 1) * width).join(''));

test('a brush of radius 1 paints a cross; a stroke paints its whole way, cut off at the border', () => {
  const mask = new MaskPainting(4, 6, new Uint8Array(24));
  mask.stroke([1, 1], [1, 1], 1, 2);
  expect(rows(mask)).toEqual(['020000', '222000', '020000', '000000']);
  mask.stroke([3, 0], [3, 9], 0, 1);
  expect(rows(mask).at(-1)).toBe('111111');
});
test('fill keeps inside of what hangs together by its sides', () => {
  const mask = new MaskPainting(3, 5, [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
  mask.fill([0, 0], 3);
  expect(rows(mask)).toEqual(['33100', '31000', '10000']);
});
test('undo and redo go back and forth, and a new change forgets what was undone', () => {
  const mask = new MaskPainting(1, 3, [0, 0, 0]);
  for (const x of [0, 1]) {
    mask.begin();
    mask.stroke([0, x], [0, x], 0, 1);
  }
  mask.undo();
  expect(rows(mask)).toEqual(['100']);
  mask.redo();
  expect(rows(mask)).toEqual(['110']);
  mask.undo();
  mask.begin();
  mask.stroke([0, 2], [0, 2], 0, 1);
  expect([rows(mask), mask.canRedo]).toEqual([['101'], false]);
});
test('a polygon holds the pixels whose centres lie inside; one that crosses itself by the even-odd rule', () => {
  const mask = new MaskPainting(5, 7, new Uint8Array(35));
  mask.polygon(
    [
      [0, 0],
      [0, 6],
      [4, 0],
    ],
    1,
  );
  expect(rows(mask)).toEqual(['1111111', '1111100', '1111000', '1100000', '1000000']);
  const bow = new MaskPainting(3, 5, new Uint8Array(15));
  bow.polygon(
    [
      [0, 0],
      [2, 4],
      [0, 4],
      [2, 0],
    ],
    2,
  );
  expect(rows(bow)).toEqual(['20002', '22222', '20002']);
});

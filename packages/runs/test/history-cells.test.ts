import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRows } from '../src/history.js';
import { csvCell, parseHistory } from '../src/index.js';

const label = fc
  .stringMatching(/^['=+\-@\t ]{0,4}[ -~]{0,6}$/)
  .filter((text) => !/[\r\n]/.test(text) && text !== '');

test('no label of a history is a formula, and every one is read as it was', () =>
  fc.assert(
    fc.property(label, (loss) => {
      const row = { loss, seed: 1, fold: 0, epoch: 2, split: 'test', measure: 'iou.disc', value: -0.5 };
      const text = formatRows([row]);
      const cell = text.startsWith('"') ? text.slice(1) : text;
      const isNumber = loss.trim() === loss && Number.isFinite(Number(loss));
      expect(/^(?:\s*[=+\-@]|\t)/.test(cell) && !isNumber).toBe(false);
      expect(parseHistory(`loss,seed,fold,epoch,split,measure,value\n${text}`)).toEqual([row]);
    }),
    { numRuns: 2000 },
  ));

test('numbers stay numbers, and an apostrophe of its own has one more before it', () => {
  expect(['=1', '-1.5', "'=1"].map(csvCell)).toEqual(["'=1", '-1.5', "''=1"]);
});

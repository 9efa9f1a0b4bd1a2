import { expect, test } from 'vitest';
import { scoreTable } from '../src/table.js';

test('a class that neither truth nor prediction has is a dash in the table, not NaN', () => {
  const values = { pixelAccuracy: 1, 'iou.disc': Number.NaN, 'hausdorff95.disc': Number.POSITIVE_INFINITY };
  const table = scoreTable([{ loss: 'dice', values }]);
  expect(table).not.toContain('NaN');
  expect(table).toMatch(/dice +│ 1\.000 +│ – +│/);
});

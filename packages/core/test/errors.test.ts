import * as core from '@segscape/core';
import { describe, expect, test } from 'vitest';

describe('errors', () => {
  test('carry a code, the facts and the cause', () => {
    const cause = new Error('disk');
    const error = new core.SegscapeError('NOT_WRITABLE', 'no', { details: { path: 'a' }, cause });
    expect(core.isSegscapeError(error, 'NOT_WRITABLE')).toBe(true);
    expect(core.isSegscapeError(error, 'BAD_OPTION')).toBe(false);
    expect([error.details, error.cause]).toEqual([{ path: 'a' }, cause]);
  });

  test('say what was expected, what came and what to do', () => {
    expect(() =>
      core.assertSameShape(
        'diceIndex',
        { labels: { shape: [1, 2] }, logits: { shape: [1, 3] } },
        'One-hot first.',
      ),
    ).toThrow('diceIndex: expected logits shaped like labels [1, 2], got [1, 3]. One-hot first.');
    expect(() => core.assertOption(false, 'elastic', 'sigma', 0, 'be positive, in pixels')).toThrow(
      'elastic: sigma (=0) must be positive, in pixels.',
    );
    expect(() =>
      core.assertRaster('warp', { data: new Uint8Array(3), height: 2, width: 2, channels: 1 }),
    ).toThrow('warp: a raster of [2, 2, 1] needs 4 values, got 3.');
  });
});

import { expect, test } from 'vitest';
import { bitHashes } from './bit-cases.js';
import first from './fixtures/bits.json' with { type: 'json' };

// The hashes were made by `bitHashes()` on the first version of this package, before its loops were rewritten.
test('the same seed gives the bits of the first version, in every size, mode, order and type', () => {
  expect(bitHashes()).toEqual(first);
});

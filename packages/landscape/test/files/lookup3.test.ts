import { expect, test } from 'vitest';
import { lookup3 } from '../../src/files/lookup3.js';

// The values that Jenkins' own driver prints for hashlittle from 0.
test.each([
  ['', 0xdeadbeef],
  ['Four score and seven years ago', 0x17770551],
])('lookup3 of %j', (text, hash) => {
  expect(lookup3(new TextEncoder().encode(text))).toBe(hash);
});

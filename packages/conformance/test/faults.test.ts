import { describe, expect, test } from 'vitest';
import { slopeOf } from '../scripts/faults/slope.mjs';
import { watchedChild } from '../scripts/faults/watched-child.mjs';

const nodeArgs = ['--max-old-space-size=1024'];
const faultsOf = ({ said, at, ended }: Awaited<ReturnType<typeof watchedChild>>) => [
  ...said.flatMap(({ name, fault }) => (fault === undefined ? [] : [`${name}: ${fault}`])),
  ...(ended === undefined ? [] : [`${ended}, at ${at?.begins}`]),
];

/** A minute of what `pnpm test:faults` does in forty-five. */
describe('faults', async () => {
  const { formats = [], properties = [] } = (await watchedChild('all-names.mjs', [])).said[0] ?? {};

  test('a few mutants of every format are read or refused in words', async () => {
    expect(formats.length).toBeGreaterThan(15);
    const read = await watchedChild('mutant-reader.mjs', [formats.join(), 20, 1], { nodeArgs });
    expect(faultsOf(read)).toEqual([]);
    expect(read.said.length).toBe(20 * formats.length);
  });

  test('a few cases of every property hold', async () => {
    const held = await watchedChild('property-reader.mjs', [properties.join(), 15, 1], { nodeArgs });
    expect(faultsOf(held)).toEqual([]);
    expect(held.said.length).toBe(properties.length);
  });

  test('what grows is told from what comes and goes', () => {
    const steady = Array.from({ length: 50 }, (_, i) => 100 + ((7 * i) % 5) + (i === 30 ? 400 : 0));
    expect(Math.abs(slopeOf(steady) * 49)).toBeLessThan(1);
    expect(slopeOf(steady.map((value, i) => value + 0.5 * i)) * 49).toBeGreaterThan(20);
  });
});

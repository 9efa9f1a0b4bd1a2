import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { prose } from '../src/prose.js';

describe('prose', () => {
  test('goes on beneath its text, after a mark or an indent', () => {
    const text =
      '! Dice is ill-defined on 12 empty images.\n  dice: overlap, whatever its size (Milletari 2016)';
    expect(prose(text, 30)).toBe(
      [
        '! Dice is ill-defined on 12',
        '  empty images.',
        '  dice: overlap, whatever its',
        '    size (Milletari 2016)',
      ].join('\n'),
    );
  });

  test('in a pipe stays as it is', () => {
    const long = 'word '.repeat(80);
    expect(prose(long, undefined)).toBe(long);
  });

  test('loses no word, and is wider than the terminal only where a word is', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.stringMatching(/^[a-zé!·,.]{1,30}$/), { minLength: 1, maxLength: 30 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 24, max: 120 }),
        fc.constantFrom('', '  ', '! '),
        (paragraphs, width, start) => {
          const text = paragraphs.map((words) => `${start}${words.join(' ')}`).join('\n');
          const lines = prose(text, width).split('\n');
          expect(lines.join(' ').split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
          for (const line of lines)
            if (line.length > width)
              expect(
                line
                  .trim()
                  .replace(/^[!·] /, '')
                  .split(' '),
              ).toHaveLength(1);
        },
      ),
    ));
});

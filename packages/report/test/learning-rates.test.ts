import { expect, test } from 'vitest';
import type { ReportFacts } from '../src/facts.js';
import { learningRatesSection } from '../src/sections/learning-rates.js';

const facts = (learningRates?: ReportFacts['learningRates']) =>
  ({ losses: ['CE', 'Dice'], classes: ['ground', 'disc'], learningRates }) as unknown as ReportFacts;

test('a row for each loss: what it was trained with, what every rate came to, and the chosen one in bold', () => {
  const { content, lead } = learningRatesSection(
    facts({
      measure: 'iou.disc',
      losses: [
        {
          loss: 'CE',
          rate: 1e-3,
          tried: [
            { rate: 3e-4, epochs: 2, value: 0.41 },
            { rate: 1e-3, epochs: 8, value: 0.734 },
            { rate: 1e-2, epochs: 1, value: Number.NaN },
          ],
        },
        { loss: 'Dice', rate: 5e-4 },
      ],
    }),
  );
  const text = String(content);
  expect(text).toContain('<th scope="col">3e-4</th><th scope="col">0.001</th><th scope="col">0.01</th>');
  expect(text).toContain('<td><strong>0.734</strong> <small>8 epochs</small></td>');
  expect(text).toContain('<td>diverged <small>1 epoch</small></td>');
  expect(text).toContain('Dice</span></th><td>5e-4</td><td></td><td></td><td></td>');
  expect(String(lead)).toContain('IoU of disc');
});

test('rates that were only given say so; without any there is no section', () => {
  const given = learningRatesSection(facts({ measure: '', losses: [{ loss: 'CE', rate: 0.01 }] }));
  expect(String(given.lead)).toBe('Each loss was trained with the rate that the config gives it.');
  expect(String(learningRatesSection(facts()).content)).toBe('');
});

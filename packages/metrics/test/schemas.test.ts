import type { JsonSchema } from '@segscape/core/schema';
import * as metrics from '@segscape/metrics';
import { expect, test } from 'vitest';

const schemas = Object.entries(metrics).filter(([name]) => name.endsWith('Schema')) as [string, JsonSchema][];

test.each(schemas)(
  '%s says of every option what it is, in one line',
  (_, { type, properties = {}, ...rest }) => {
    expect(type).toBe('object');
    expect(rest.additionalProperties).toBe(false);
    for (const { description = '' } of Object.values(properties)) expect(description).toMatch(/^[^\n]+\.$/);
  },
);

test('words come with their default, and bounds are told', () => {
  for (const [name, { properties = {} }] of schemas)
    for (const [option, { enum: words, default: standard }] of Object.entries(properties))
      if (words) expect([name, option, words.includes(standard)]).toEqual([name, option, true]);
  expect(metrics.hausdorffSchema.properties.percentile).toMatchObject({
    minimum: 0,
    maximum: 100,
    default: 100,
  });
});

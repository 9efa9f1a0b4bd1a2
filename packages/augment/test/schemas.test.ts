import * as augment from '@segscape/augment';
import { random } from '@segscape/core';
import type { JsonSchema } from '@segscape/core/schema';
import { expect, test } from 'vitest';

const exported: Readonly<Record<string, unknown>> = { ...augment };
const schemas = Object.entries(exported).filter(([name]) => name.endsWith('Schema')) as [
  string,
  JsonSchema,
][];

test.each(schemas)(
  '%s says of every option what it is, in one line',
  (_, { type, properties = {}, ...rest }) => {
    expect(type).toBe('object');
    expect(rest.additionalProperties).toBe(false);
    for (const { description = '' } of Object.values(properties)) expect(description).toMatch(/^[^\n]+\.$/);
  },
);

const image = { data: Float32Array.from({ length: 64 }, (_, i) => i % 7), height: 8, width: 8, channels: 1 };
const sample = { id: 'a', image, mask: image };
/** Options that must be given; the others are left to their defaults. */
const given: Record<string, object> = {
  rotate: { degrees: 20 },
  scale: { factor: 1.2 },
  translate: { shift: 2 },
  resize: { size: [4, 6] },
  randomCrop: { size: [4, 4] },
  pad: { amount: 2 },
  gaussianBlur: { sigma: 1 },
};
const transforms = [...Object.keys(given), 'affine', 'elastic', 'elasticGrid', 'flip', 'normalize'];

test.each(transforms)('%s with the defaults of its schema does what it does without', (name) => {
  const made = exported[name] as (options: object) => augment.Transform;
  const schema = exported[`${name}Schema`] as JsonSchema;
  const standard = Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([option, { default: value }]) =>
      value === undefined ? [] : [[option, value]],
    ),
  );
  const options = given[name] ?? {};
  const [plain, said] = [options, { ...standard, ...options }].map((own) => made(own));
  for (let seed = 0; seed < 12; seed++)
    expect(said!(sample, random(seed))).toEqual(plain!(sample, random(seed)));
});

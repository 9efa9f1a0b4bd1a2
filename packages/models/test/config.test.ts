import type { SegscapeError } from '@segscape/core';
import * as models from '@segscape/models';
import { type Model, modelFromConfig, modelSchemas, unet } from '@segscape/models';
import { expect, test } from 'vitest';

function errorOf(action: () => unknown): SegscapeError {
  try {
    action();
  } catch (error) {
    return error as SegscapeError;
  }
  throw new Error('nothing was thrown');
}

const kinds = Object.keys(modelSchemas);

test('every network of the family has its schema, beside it and by kind', () => {
  expect(kinds).toEqual([
    'unet',
    'residualUnet',
    'attentionUnet',
    'nestedUnet',
    'unet3d',
    'residualEncoderUnet',
    'dynamicUnet',
    'basicUnet',
  ]);
  const exported: Readonly<Record<string, unknown>> = { ...models };
  for (const kind of kinds) expect(exported[`${kind}Schema`]).toBe(modelSchemas[kind]);
  for (const { properties = {} } of Object.values(modelSchemas))
    for (const { description = '' } of Object.values(properties)) expect(description).toMatch(/^[^\n]+\.$/);
});

/** Options that a kind has, small. */
const small = (kind: string) => {
  const { properties = {} } = modelSchemas[kind]!;
  const all = { baseChannels: 4, depth: 2, patchSize: [16, 16], features: [2, 2, 2, 2, 2, 2] };
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(properties, name)));
};

test.each(kinds)('%s by its kind, its name, or its own config', (kind) => {
  const model = modelFromConfig({ kind, ...small(kind) });
  expect(model.name).toBe(kind);
  expect(modelFromConfig({ name: kind, ...small(kind) }).config).toEqual(model.config);
  expect(modelFromConfig(model.config).config).toEqual(model.config);
  const standards = Object.entries(modelSchemas[kind]?.properties ?? {}).flatMap(
    ([name, { default: value }]) => (value === undefined ? [] : [[name, value] as const]),
  );
  expect(model.config).toEqual({ name: kind, ...Object.fromEntries(standards), ...small(kind) });
});

test('what is wrong in a config says where', () => {
  const unknown = errorOf(() => modelFromConfig({ kind: 'unett' }));
  expect([unknown.code, unknown.message]).toEqual([
    'BAD_CONFIG',
    "modelFromConfig: there is no model 'unett'; did you mean 'unet'?",
  ]);
  expect(unknown.details).toMatchObject({ option: 'kind', nearest: 'unet', path: ['kind'] });
  expect(errorOf(() => modelFromConfig({ name: 'qqqqqqqq' })).message).toBe(
    `modelFromConfig: there is no model 'qqqqqqqq'; known: ${kinds.join(', ')}.`,
  );
  expect(errorOf(() => modelFromConfig({ depth: 3 } as unknown as { kind: string })).message).toBe(
    'modelFromConfig: kind is missing.',
  );
  expect(errorOf(() => modelFromConfig('unet' as unknown as { kind: string })).message).toBe(
    "modelFromConfig: config (='unet') must be an object.",
  );
  const option = errorOf(() => modelFromConfig({ kind: 'unet', depth: 0 }));
  expect(option.message).toBe('modelFromConfig: unet: depth (=0) must be at least 1.');
  expect(option.details).toMatchObject({ path: ['depth'], value: 0 });
  const later = errorOf(() => modelFromConfig({ kind: 'unet', baseChannels: 6, groups: 4 }));
  expect(later.message).toBe('modelFromConfig: unet: groups (=4) must be a divisor of baseChannels (=6).');
  expect([later.code, later.details.path]).toEqual(['BAD_CONFIG', ['groups']]);
});

test('networks of one’s own are found by kind, checked where they have a schema', () => {
  const plain = ({ width = 4 }: { width?: number }): Model => unet({ baseChannels: width });
  expect(modelFromConfig({ kind: 'mine', width: 6 }, { models: { mine: plain } }).config.baseChannels).toBe(
    6,
  );
  expect(errorOf(() => modelFromConfig({ kind: 'mine', dept: 2 }, { models: { mine: unet } })).message).toBe(
    "modelFromConfig: mine: 'dept' is not an option; did you mean 'depth'?",
  );
});

import { type Model, modelFromConfig, modelSchemas, type UnetOptions } from '@segscape/models';
import type { Maker } from './kind.js';
import { adapted, maker } from './maker.js';

/** The U-Net family by its names; channels and classes come from the data unless a config gives them. */
export const modelKinds: Record<string, Maker<Model>> = Object.fromEntries(
  Object.entries(modelSchemas).map(([kind, schema]) => [
    kind,
    maker((options: UnetOptions) => modelFromConfig({ ...options, kind }), adapted(schema, ['kind', 'name'])),
  ]),
);

/**
 * How options are described once: a schema beside each function, which its checks, configs, editors and command
 * lines read.
 *
 *     import { assertOptions, number, options } from '@segscape/core/schema';
 *
 *     interface BlurOptions { sigma?: number }
 *     const blurSchema = options<BlurOptions>({ sigma: number('Spread.', { default: 1, exclusiveMinimum: 0, unit: 'pixels' }) });
 *     assertOptions('blur', { sigma: 0 }, blurSchema); // blur: sigma (=0) must be positive, in pixels.
 *
 * @module
 */
export { assertOptions, problemError, withDefaults } from './schema/check.js';
export {
  anything,
  either,
  flag,
  integer,
  interval,
  list,
  notNegative,
  number,
  options,
  positive,
  share,
  text,
  word,
} from './schema/describe.js';
export type { JsonSchema, OptionSchemas, OptionsSchema } from './schema/json-schema.js';
export {
  pathText,
  problemText,
  type SchemaPath,
  type SchemaProblem,
  schemaProblem,
} from './schema/problem.js';
export { shown } from './schema/shown.js';

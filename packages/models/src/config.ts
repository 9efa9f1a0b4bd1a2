import { assertKnown, isSegscapeError, SegscapeError, unknownName } from '@segscape/core';
import { type JsonSchema, problemError, schemaProblem } from '@segscape/core/schema';
import { basicUnet } from './basic-unet.js';
import type { Model, ModelConfig } from './model.js';
import { nestedUnet } from './nested.js';
import { dynamicUnet, residualEncoderUnet } from './planned.js';
import { unet, unet3d } from './unet.js';
import { attentionUnet, residualUnet } from './variants.js';

/** One kind of network: its options, described, and how it is made of them. */
export interface ModelKind {
  readonly schema?: JsonSchema;
  make(options: Readonly<Record<string, unknown>>): Model;
}

/** How a network of one's own is made: what `defineModel` gives, a plain function, or an object with its schema. */
export type OwnModel = ModelKind | (ModelKind['make'] & Pick<ModelKind, 'schema'>);

export interface ModelFromConfigOptions {
  /** Networks of one's own by kind; they go before ours of the same kind. */
  readonly models?: Readonly<Record<string, OwnModel>>;
}

const where = 'modelFromConfig';

const asKind = (own: OwnModel): ModelKind =>
  typeof own === 'function' ? { make: own, ...(own.schema && { schema: own.schema }) } : own;

const makers = {
  unet,
  residualUnet,
  attentionUnet,
  nestedUnet,
  unet3d,
  residualEncoderUnet,
  dynamicUnet,
  basicUnet,
};

/** JSON Schema of each network's options, by kind; plain objects. */
export const modelSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(makers).map(([kind, { schema }]) => [kind, schema]),
);

function unknownKind(kind: unknown, known: readonly string[]): SegscapeError {
  const { advice, nearest } = unknownName(String(kind), known);
  const end = nearest === undefined ? '.' : '';
  return new SegscapeError('BAD_CONFIG', `${where}: there is no model '${kind}'; ${advice}${end}`, {
    details: {
      option: 'kind',
      kind,
      value: kind,
      path: ['kind'],
      ...(nearest !== undefined && { nearest }),
    },
  });
}

/** What a network said of its options, as a mistake of the config. */
function misfit(kind: string, cause: unknown): unknown {
  if (!isSegscapeError(cause, 'BAD_OPTION')) return cause;
  const { path = cause.details.option === undefined ? [] : [cause.details.option] } = cause.details;
  const details = { ...cause.details, kind, path };
  return new SegscapeError('BAD_CONFIG', `${where}: ${cause.message}`, { details, cause });
}

/**
 * The model that `model.config` came from; missing options take their defaults.
 *
 *     modelFromConfig({ kind: 'unet', baseChannels: 16 });
 *     modelFromConfig({ kind: 'fcn' }, { models: { fcn } });
 *
 * @param config its kind (or `name`, the word in `model.config`), and its options beside it.
 * @param own `models`, networks of one's own by their kinds. Default none.
 * @returns the network; it has no weights of its own (`init` gives some).
 * @throws {SegscapeError} `BAD_CONFIG` for an unknown kind or option, or what a value must be; `details.path` leads to it; `BAD_OPTION` for another
 *   name than `models`.
 */
export function modelFromConfig(
  config: ModelConfig | ({ readonly kind: string } & Readonly<Record<string, unknown>>),
  own: ModelFromConfigOptions = {},
): Model {
  assertKnown(where, own, ['models']);
  const { models = {} } = own;
  const given = schemaProblem(config, { type: 'object' }, ['config']);
  if (given) throw problemError(where, given, 'BAD_CONFIG');
  const word = config.kind === undefined ? 'name' : 'kind';
  const { [word]: kind, ...options } = config as Readonly<Record<string, unknown>>;
  if (kind === undefined)
    throw problemError(where, { path: ['kind'], value: undefined, what: 'is missing' }, 'BAD_CONFIG');
  const kinds: Readonly<Record<string, OwnModel>> = { ...makers, ...models };
  const found = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (found === undefined || typeof kind !== 'string') throw unknownKind(kind, Object.keys(kinds));
  const { schema, make } = asKind(found);
  const problem = schema && schemaProblem(options, schema);
  if (problem) throw problemError(`${where}: ${kind}`, problem, 'BAD_CONFIG');
  try {
    return make(options);
  } catch (cause) {
    throw misfit(kind, cause);
  }
}

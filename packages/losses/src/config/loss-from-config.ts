import { isSegscapeError, SegscapeError, unknownName } from '@segscape/core';
import {
  type JsonSchema,
  pathText,
  problemError,
  type SchemaPath,
  schemaProblem,
} from '@segscape/core/schema';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { LossFn } from '../loss.js';
import { type LossConfig, type LossKind, lossKinds } from './loss-kinds.js';

/** How a loss of one's own is made: what `defineLoss` gives, a plain function, or an object with its schema. */
export type OwnLoss = LossKind | (LossKind['make'] & Pick<LossKind, 'schema'>);

export interface LossFromConfigOptions {
  /** Losses of one's own by kind, found inside of combinators too; they go before ours of the same kind. */
  readonly losses?: Readonly<Record<string, OwnLoss>>;
}

const where = 'lossFromConfig';

const asKind = (own: OwnLoss): LossKind =>
  typeof own === 'function' ? { make: own, ...(own.schema && { schema: own.schema }) } : own;

/** Where a config says which loss it means. */
const wordOf = (config: LossConfig): 'kind' | 'name' => (config.kind === undefined ? 'name' : 'kind');

/** `lossFromConfig: ` and where in it: `lossFromConfig: terms[1].loss: ` */
const prefix = (path: SchemaPath): string => (path.length > 0 ? `${where}: ${pathText(path)}` : where);

/** What a loss said of its options, with the place of it in the whole config. */
function misfit(kind: string, path: SchemaPath, cause: unknown): unknown {
  if (isSegscapeError(cause, 'BAD_CONFIG')) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const details = isSegscapeError(cause, 'BAD_OPTION') ? cause.details : {};
  const { path: inner = details.option === undefined ? [] : [details.option] } = details;
  const told = said.startsWith(`${kind}: `) ? said : `${kind}: ${said}`;
  return new SegscapeError('BAD_CONFIG', `${prefix(path)}: ${told}`, {
    details: { ...details, kind, path: [...path, ...inner] },
    cause,
  });
}

function unknownKind(kind: string, known: readonly string[], path: SchemaPath): SegscapeError {
  const { advice, nearest } = unknownName(kind, known);
  const end = nearest === undefined ? '.' : '';
  return new SegscapeError('BAD_CONFIG', `${prefix(path)}: there is no loss '${kind}'; ${advice}${end}`, {
    details: {
      option: 'kind',
      kind,
      value: kind,
      path: [...path, 'kind'],
      ...(nearest !== undefined && { nearest }),
    },
  });
}

/** What any config of a loss is. */
const named: JsonSchema = {
  type: 'object',
  examples: [{ kind: 'dice' }],
  properties: { kind: { type: 'string' }, name: { type: 'string' } },
};

/** The kind that a config says and the options beside it. */
function taken(
  config: LossConfig | string,
  path: SchemaPath,
): { kind: string; options: Record<string, unknown> } {
  if (typeof config === 'string') return { kind: config, options: {} };
  const problem = schemaProblem(config, named, path);
  if (problem)
    throw problemError(
      where,
      problem.path.length > 0 ? problem : { ...problem, path: ['config'] },
      'BAD_CONFIG',
    );
  const { [wordOf(config)]: kind, ...options } = config;
  if (typeof kind === 'string') return { kind, options };
  throw problemError(where, { path: [...path, 'kind'], value: undefined, what: 'is missing' }, 'BAD_CONFIG');
}

function make(
  config: LossConfig | string,
  kinds: Readonly<Record<string, LossKind>>,
  path: SchemaPath,
): LossFn {
  const { kind, options } = taken(config, path);
  const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (found === undefined) throw unknownKind(kind, Object.keys(kinds), path);
  const problem = found.schema && schemaProblem(options, found.schema, path);
  if (problem) throw problemError(`${where}: ${kind}`, problem, 'BAD_CONFIG');
  try {
    return found.make(options, (inner, at) => make(inner, kinds, [...path, ...at]));
  } catch (cause) {
    throw misfit(kind, path, cause);
  }
}

/**
 * A loss from its config, as the schemas in `lossSchemas` describe it.
 *
 *     lossFromConfig({ kind: 'focal', gamma: 2 });
 *     lossFromConfig({ kind: 'weightedSum', ignoreIndex: 255, terms: [{ loss: 'dice' }, { loss: { kind: 'mine' }, weight: 0.5 }] },
 *       { losses: { mine } });
 *
 * `name` may stand for `kind`, and the kind alone for a config without options. A combinator's `ignoreIndex` goes to every part that can leave pixels out and does not say
 * which.
 *
 * @param config plain JSON: the kind, and the options of that loss; or the kind alone.
 * @param options losses of your own, by kind.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_CONFIG` with the nearest name for a kind or an option that is unknown, or what a value must
 *   be; `details.path` leads to it: `['terms', 1, 'loss', 'gamma']`.
 */
export function lossFromConfig(
  config: string | (LossConfig & { readonly reduction?: 'mean' | 'sum' }),
  options?: LossFromConfigOptions,
): LossFn<Scalar>;
export function lossFromConfig(config: LossConfig | string, options?: LossFromConfigOptions): LossFn;
export function lossFromConfig(
  config: LossConfig | string,
  { losses = {} }: LossFromConfigOptions = {},
): LossFn {
  const own = Object.entries(losses).map(([kind, loss]) => [kind, asKind(loss)] as const);
  return make(config, { ...lossKinds, ...Object.fromEntries(own) }, []);
}

import { SegscapeError, unknownName } from '@segscape/core';
import type { JsonSchema } from '@segscape/core/schema';
import { type LossFn, lossFromConfig, lossSchemas } from '@segscape/losses';
import { dataKinds } from './data-kinds.js';
import { assertKind, type Kind, type Maker, type Options, type Part, type Parts } from './kind.js';
import { adapted, maker } from './maker.js';
import { measureKinds } from './measure-kinds.js';
import { modelKinds } from './model-kinds.js';
import { optimizerKinds, scheduleKinds } from './optimizer-kinds.js';
import { transformKinds } from './transform-kinds.js';

type Makers<P extends Part> = Record<string, Maker<Parts[P]>>;

/** Makers by kind; users add their own: `studyRegistry.data.mine = async (options) => …`, or `withKinds`. */
export interface StudyRegistry {
  readonly data: Makers<'data'>;
  readonly models: Makers<'model'>;
  /** Tried before the losses of @segscape/losses. */
  readonly losses: Makers<'loss'>;
  readonly optimizers: Makers<'optimizer'>;
  readonly schedules: Makers<'schedule'>;
  readonly transforms: Makers<'transform'>;
  readonly measures: Makers<'measure'>;
}

export const studyRegistry: StudyRegistry = {
  data: dataKinds,
  models: modelKinds,
  losses: {},
  optimizers: optimizerKinds,
  schedules: scheduleKinds,
  transforms: transformKinds,
  measures: measureKinds,
};

const roomOf = {
  data: 'data',
  model: 'models',
  loss: 'losses',
  optimizer: 'optimizers',
  schedule: 'schedules',
  transform: 'transforms',
  measure: 'measures',
} as const satisfies Record<Part, keyof StudyRegistry>;

/**
 * A registry that knows more kinds; the given one stays as it is.
 * @param registry to start from: `studyRegistry`, or one with kinds of your own.
 * @param kinds of `defineKind`, one at least.
 * @param where for errors: the file that they come from. Default `'withKinds'`.
 * @returns a new registry with the kinds of both.
 * @throws {SegscapeError} `BAD_OPTION` naming what an entry lacks, or a kind that the registry has already.
 */
export function withKinds(
  registry: StudyRegistry,
  kinds: readonly Kind[],
  where = 'withKinds',
): StudyRegistry {
  const grown = Object.fromEntries(
    Object.entries(registry).map(([room, makers]) => [room, { ...makers }]),
  ) as Record<keyof StudyRegistry, Record<string, Maker<unknown>>>;
  if (!Array.isArray(kinds) || kinds.length === 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected a list of defineKind({ part, kind, schema, make }), got ${Array.isArray(kinds) ? 'an empty list' : typeof kinds}.`,
    );
  for (const entry of kinds) {
    assertKind(where, entry);
    const { part, kind, schema, make } = entry;
    const makers = grown[roomOf[part]];
    if (Object.hasOwn(makers, kind))
      throw new SegscapeError(
        'BAD_OPTION',
        `${where}: there is a ${part} '${kind}' already; choose another kind.`,
        { details: { option: 'kind', value: kind } },
      );
    makers[kind] = Object.assign((options: Options) => make(options), schema && { schema });
  }
  return grown as unknown as StudyRegistry;
}

/** What is wrong with a kind that a registry does not have. */
export function unknownKind(
  makers: Readonly<Record<string, unknown>>,
  what: string,
  kind: string,
): string | undefined {
  if (Object.hasOwn(makers, kind)) return undefined;
  const known = Object.keys(makers);
  const { question } = unknownName(kind, known);
  return `${what} '${kind}' is not known. ${question}Known: ${known.join(', ') || 'none'}.`;
}

/** The entry of a registry, or an error that names the nearest one. */
export function entry<T>(makers: Readonly<Record<string, T>>, what: string, kind: string): T {
  const problem = unknownKind(makers, what, kind);
  if (problem === undefined) return makers[kind]!;
  throw new SegscapeError('BAD_CONFIG', `config: ${problem}`, { details: { what, value: kind } });
}

/** Every loss that a config can name: those of @segscape/losses, and the registry's own. */
export const lossMakers = ({ losses }: StudyRegistry): Readonly<Record<string, Maker<LossFn>>> => ({
  ...Object.fromEntries(
    Object.entries(lossSchemas).map(([kind, schema]) => [
      kind,
      maker<Options, LossFn>(
        (options) => lossFromConfig({ kind, ...options }),
        adapted(schema, ['kind', 'name']),
      ),
    ]),
  ),
  ...losses,
});

/**
 * A loss by its config, from the user's own makers or from @segscape/losses; also inside of sums and weighted losses.
 * @param ignoreIndex label of pixels that no class claims; left out by every part that can.
 * @throws {SegscapeError} `BAD_CONFIG` whose `details.path` leads to what is wrong.
 */
export function makeLoss(
  registry: StudyRegistry,
  config: Options & { readonly kind: string },
  ignoreIndex?: number,
): LossFn {
  const { losses } = registry;
  const own = Object.hasOwn(losses, config.kind) ? losses[config.kind] : undefined;
  const takesIt = own?.schema?.properties?.ignoreIndex !== undefined;
  const given = takesIt && ignoreIndex !== undefined ? { ignoreIndex, ...config } : config;
  const loss = lossFromConfig(given, { losses });
  return ignoreIndex === undefined ? loss : (loss.ignoring?.(ignoreIndex) ?? loss);
}

/**
 * The schema of every kind's options.
 * @param registry whose kinds. Default `studyRegistry`.
 * @returns JSON Schemas by part and kind; undefined where a kind lets anything through.
 */
export function kindsOf(
  registry: StudyRegistry = studyRegistry,
): Readonly<Record<Part, Readonly<Record<string, JsonSchema | undefined>>>> {
  const schemas = (makers: Readonly<Record<string, Maker<unknown>>>) =>
    Object.fromEntries(Object.entries(makers).map(([kind, { schema }]) => [kind, schema]));
  return {
    loss: schemas(lossMakers(registry)),
    model: schemas(registry.models),
    data: schemas(registry.data),
    transform: schemas(registry.transforms),
    optimizer: schemas(registry.optimizers),
    schedule: schemas(registry.schedules),
    measure: schemas(registry.measures),
  };
}

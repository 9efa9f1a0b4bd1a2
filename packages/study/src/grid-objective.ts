import { isRecord, SegscapeError } from '@segscape/core';
import type { Batch as GridBatch, GridRunner, NamedObjective, Objective } from '@segscape/landscape';
import type { GridRegistry } from '@segscape/landscape/threads';
import type { Model } from '@segscape/models';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Options } from './kinds/kind.js';
import { entry, type StudyRegistry, studyRegistry } from './kinds/registry.js';
import { type NamedLoss, namedLosses } from './named-losses.js';
import type { Setup } from './setup.js';

/** Every loss from one forward pass, by its label. */
export const lossesObjective =
  (model: Pick<Model, 'apply'>, losses: readonly Pick<NamedLoss, 'label' | 'loss'>[]): Objective =>
  (params, batch: GridBatch) => {
    const { images, ...labels } = batch as { images: Tensor; labels: Tensor };
    const logits = model.apply(params, images);
    return Object.fromEntries(losses.map(({ label, loss }) => [label, loss(labels, logits) as Scalar]));
  };

/** The kind by which workers know the objective of a study. */
const kind = 'study';

/** What a worker builds the objective from; plain JSON, since it travels. */
interface StudyObjectiveConfig {
  readonly model: { readonly kind: string; readonly options: Options };
  readonly losses: readonly (NamedLoss['options'] & { readonly label: string })[];
  readonly ignoreIndex: number | null;
}

/** A study's objective by name, for a runner in other threads, processes or machines. */
export const namedObjective = (setup: Pick<Setup, 'network' | 'losses' | 'ignoreIndex'>): NamedObjective => ({
  kind,
  config: {
    model: { kind: setup.network.kind, options: setup.network.options },
    // Labels as the study has them: a worker must not find its own words for them.
    losses: setup.losses.map(({ label, options }) => ({ ...options, label })),
    ignoreIndex: setup.ignoreIndex ?? null,
  } satisfies StudyObjectiveConfig,
});

/** What grids are of: by name where the study's runner is elsewhere, else here. */
export const objectiveOf = ({
  setup,
  runner,
}: {
  readonly setup: Pick<Setup, 'model' | 'network' | 'losses' | 'ignoreIndex'>;
  readonly runner?: GridRunner;
}): Objective | NamedObjective =>
  runner ? namedObjective(setup) : lossesObjective(setup.model, setup.losses);

/** @throws {SegscapeError} `BAD_OPTION` for what no study sends. */
function checked(config: unknown): StudyObjectiveConfig {
  const { model, losses, ignoreIndex } = isRecord(config) ? config : {};
  const sound =
    isRecord(model) &&
    typeof model.kind === 'string' &&
    isRecord(model.options) &&
    Array.isArray(losses) &&
    losses.length > 0 &&
    losses.every(
      (loss) => isRecord(loss) && typeof loss.kind === 'string' && typeof loss.label === 'string',
    ) &&
    (ignoreIndex === null || Number.isInteger(ignoreIndex));
  if (sound) return config as StudyObjectiveConfig;
  throw new SegscapeError(
    'BAD_OPTION',
    `gridRegistry: the objective '${kind}' takes { model: { kind, options }, losses: [{ kind, label, … }], ignoreIndex }, got ${JSON.stringify(config)?.slice(0, 200)}. The study may be of another version than this worker.`,
    { details: { option: 'config', value: config } },
  );
}

/**
 * What workers need to draw the surfaces of studies: the registry of `threads` and `serveGrid`, with one objective, `study`.
 * It builds networks and losses by their kinds from the registry that the worker was started with; a job brings no code.
 *
 *     await serveGrid({ connection: process.env.REDIS_URL, registry: gridRegistry() });
 *
 * @param registry with the kinds of one's own. Default `studyRegistry`.
 * @returns the objectives by kind; building one throws `BAD_CONFIG` for a kind that the registry lacks, `BAD_OPTION` for a
 *   config that no study sends.
 */
export const gridRegistry = (registry: StudyRegistry = studyRegistry): GridRegistry => ({
  [kind]: (given) => {
    const { model, losses, ignoreIndex } = checked(given);
    return lossesObjective(
      entry(registry.models, 'model', model.kind)(model.options),
      namedLosses({ losses: [...losses] }, registry, ignoreIndex ?? undefined),
    );
  },
});

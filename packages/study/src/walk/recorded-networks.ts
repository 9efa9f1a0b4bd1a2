import { SegscapeError } from '@segscape/core';
import type { Model } from '@segscape/models';
import type { StudyConfig } from '../config/schema.js';
import { entry, type StudyRegistry } from '../kinds/registry.js';
import type { ModelRecord } from '../model-record.js';
import { type NamedLoss, namedLosses } from '../named-losses.js';
import { withNetwork } from '../named-models.js';
import { forOverlapping } from '../overlapping/sigmoid-losses.js';

/** A network of a run and the losses that it was trained with, made without the run's data. */
export interface RecordedNetwork {
  readonly model: Model;
  /** Of images with or without void pixels. */
  losses(ignoreIndex: number | undefined): readonly NamedLoss[];
}

/**
 * The networks of a run, each by the labels of its losses.
 * @throws {SegscapeError} `UNSUPPORTED_FORMAT` for one of a kind that the registry does not know.
 */
export function recordedNetworks(
  where: string,
  config: StudyConfig,
  record: ModelRecord,
  registry: StudyRegistry,
): ReadonlyMap<string, RecordedNetwork> {
  const made = (ignoreIndex: number | undefined) =>
    namedLosses(
      config,
      registry,
      ignoreIndex,
      (scheme) => record.classWeights?.[scheme] ?? [],
      record.overlapping ? (label, given) => forOverlapping(label, given, registry) : undefined,
    );
  const { networks = [{ kind: record.kind, options: record.options }] } = record;
  const all = new Map<string, RecordedNetwork>();
  for (const { kind, options = {}, ...named } of networks) {
    if (kind === undefined || !Object.hasOwn(registry.models, kind))
      throw new SegscapeError(
        'UNSUPPORTED_FORMAT',
        `${where}: the run's network (='${kind ?? 'of an older version'}') is none that can be built here. Its surfaces can be looked at all the same.`,
        { details: { kind } },
      );
    const known = new Map<number | undefined, readonly NamedLoss[]>();
    const network: RecordedNetwork = {
      model: entry(registry.models, 'model', kind)(options),
      losses(ignoreIndex) {
        const losses =
          known.get(ignoreIndex) ??
          made(ignoreIndex).map((loss) => ({ ...loss, label: withNetwork(loss.label, named) }));
        known.set(ignoreIndex, losses);
        return losses;
      },
    };
    for (const { label } of network.losses(undefined)) all.set(label, network);
  }
  return all;
}

import type { Model } from '@segscape/models';
import type { StudyConfig } from './config/schema.js';
import { assertModelFits } from './config/volume-models.js';
import type { InitialRecord } from './initial-record.js';
import { initialised } from './initialise.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { type NamedModel, namedModels } from './named-models.js';
import { type PaddingAndCrop, paddingAndCrop } from './padding-and-crop.js';
import type { Survey } from './survey.js';

/** A network of the study, and how samples become what it takes. */
export interface StudiedNetwork {
  readonly network: NamedModel;
  readonly model: Model;
  readonly framing: PaddingAndCrop;
}

/** What the data say. */
interface Given {
  readonly survey: Survey;
  readonly classes: readonly string[];
  /** Classes that masks have: of overlapping ones more than networks tell apart. */
  readonly labels: number;
  readonly overlapping: boolean;
}

/**
 * The networks of a config, made for its data: all of them give outputs of the same pixels.
 * @throws {SegscapeError} `BAD_CONFIG` for one of volumes where there are images, or the other way round, and for networks that no
 *   size suits together.
 */
export async function studiedNetworks(
  config: StudyConfig,
  registry: StudyRegistry,
  { survey, classes, labels, overlapping }: Given,
): Promise<{ readonly networks: readonly StudiedNetwork[]; readonly initial?: InitialRecord }> {
  const named = namedModels(config).map(({ options, ...network }): NamedModel => {
    assertModelFits({ kind: network.kind, ...options }, registry, { size: survey.sizes[0]!, overlapping });
    const whole = { inputChannels: survey.channels, classes: classes.length, ...options };
    return { ...network, options: whole };
  });
  const made = named.map(({ kind, options }) => entry(registry.models, 'model', kind)(options));
  const { model: first, record: initial } = await initialised(config, made[0]!, registry);
  const models = [first, ...made.slice(1)];
  const networks = models.map((model, i) => ({
    network: named[i]!,
    model,
    framing: paddingAndCrop(config, registry, model, survey.sizes, labels, models),
  }));
  return { networks, ...(initial && { initial }) };
}

import { SegscapeError } from '@segscape/core';
import type { StudyConfig } from '../config/schema.js';
import type { Setup } from '../setup.js';

/** The first, the middle and the last but one of a network's layers: the last are the scores. */
function fewLayers(taps: readonly string[]): string[] {
  const last = Math.max(0, taps.length - 2);
  return [...new Set([0, Math.floor(last / 2), last])].map((place) => taps[place]!);
}

/**
 * The layers of a setup's network whose filters are looked at.
 * @throws {SegscapeError} `BAD_CONFIG` for a layer that none of the study's networks has.
 */
export function filterLayers({
  config,
  setup,
}: {
  readonly config: StudyConfig;
  readonly setup: Setup;
}): readonly string[] {
  const own = setup.model.taps;
  const taps = [...new Set(setup.models.flatMap(({ model }) => model.taps))];
  const layers = config.landscape.filters?.layers ?? fewLayers(own);
  const unknown = layers.find((layer) => !taps.includes(layer));
  if (unknown !== undefined)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: landscape.filters.layers: the network has no layer '${unknown}'. It has ${taps.join(', ')}.`,
      { details: { option: 'landscape.filters.layers', value: unknown, expected: taps } },
    );
  return layers.filter((layer) => own.includes(layer));
}

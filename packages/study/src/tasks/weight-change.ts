import type { Params } from '@segscape/core';
import { weightChange } from '@segscape/landscape';
import type { LayerChangeFact, WeightChangeFact } from '@segscape/report';
import type { TaskContext } from './context.js';
import type { Walked } from './map-drawing.js';

/** How far each layer has moved from its first weights along the way of each training. */
export async function weightChanges(
  { setup }: TaskContext,
  walked: readonly Walked[],
): Promise<WeightChangeFact[]> {
  const isTrainable = (name: string) => setup.model.isTrainable(name);
  const facts: WeightChangeFact[] = [];
  for (const { task, epochs, stations } of walked) {
    const first: Params | undefined = stations[0];
    if (first === undefined || stations.length < 2) continue;
    const layers = new Map<string, { size: number; relative: number[] }>();
    for (const station of stations)
      for (const { layer, size, relative } of await weightChange(first, station, { isTrainable })) {
        const known = layers.get(layer) ?? { size, relative: [] };
        // A layer that began at 0 has no length to compare with.
        known.relative.push(Number.isFinite(relative) ? relative : Number.NaN);
        layers.set(layer, known);
      }
    facts.push({
      loss: task.named.label,
      seed: task.seed,
      epochs,
      layers: [...layers].map(([layer, of]): LayerChangeFact => ({ layer, ...of })),
    });
  }
  return facts;
}

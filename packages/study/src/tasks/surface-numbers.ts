import { isSegscapeError } from '@segscape/core';
import { surfaceStatistics, topology } from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { SurfaceNumbersFact } from '@segscape/report';
import type { Run } from '@segscape/runs';
import type { SurfaceTask } from './surfaces.js';

/** Valleys less deep than this share of the range are grain, not shape. */
const grain = 0.01;

/** The numbers of each surface, of the loss that its network was trained with; one without finite values has none. */
export async function surfaceNumbers(run: Run, tasks: readonly SurfaceTask[]): Promise<SurfaceNumbersFact[]> {
  const all: SurfaceNumbersFact[] = [];
  for (const { task, name } of tasks) {
    const surface = await decodeSurface(await run.readLandscape(name));
    const loss = task.named.label;
    try {
      const { minimum, maximum, roughness, convexity, basinWidth } = surfaceStatistics(surface, loss);
      const { minima, meanPersistence } = topology(surface, loss, {
        threshold: grain * (maximum - minimum.value),
      });
      all.push({
        name,
        minimum: minimum.value,
        roughness,
        convexity,
        basinWidth,
        minima: minima.length,
        meanPersistence,
      });
    } catch (error) {
      if (!isSegscapeError(error, 'NOT_FINITE') && !isSegscapeError(error, 'BAD_OPTION')) throw error;
    }
  }
  return all;
}

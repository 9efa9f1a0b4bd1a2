import { encodeTensors, isSegscapeError, type Storage } from '@segscape/core';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { ReportFacts } from '@segscape/report';
import { type HistoryRow, openRun } from '@segscape/runs';
import { mapMoment } from './map-moment.js';

/** A surface of a run, as plain data. */
export interface RunSurface {
  readonly name: string;
  /** What is around its middle, or on it: the network trained with a loss, or the paths of several. */
  readonly title: string;
  /** The loss that the network was trained with; absent where the plane holds several networks. */
  readonly trainedWith?: string;
  /** Which surfaces belong side by side. */
  readonly moment: string;
  readonly epoch?: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Where networks went in the plane, epoch by epoch, by loss. */
  readonly paths: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

export const historyOf = async (storage: Storage): Promise<HistoryRow[]> =>
  (await openRun(storage)).history();

type MapPaths = ReadonlyMap<string, RunSurface['paths']>;

/** Paths on the maps of a run that came to its report. */
async function pathsOf(storage: Storage): Promise<MapPaths> {
  try {
    const { maps = [] } = JSON.parse(
      new TextDecoder().decode(await storage.read('report.json')),
    ) as Partial<ReportFacts>;
    const places = (path: readonly { readonly x: number; readonly y: number }[]) =>
      path.map(({ x, y }) => [x, y] as const);
    return new Map(
      maps.map(({ name, paths }) => [
        name,
        Object.fromEntries(Object.entries(paths).map(([loss, path]) => [loss, places(path)])),
      ]),
    );
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return new Map();
    throw error;
  }
}

/** Every surface that is drawn by now. */
export async function surfacesOf(storage: Storage): Promise<RunSurface[]> {
  const run = await openRun(storage);
  const [names, maps] = [await run.landscapes(), await pathsOf(run.storage)];
  const surfaces: RunSurface[] = [];
  for (const name of names) {
    const { x, y, values, attributes } = await decodeSurface(await run.readLandscape(name));
    const { trainedWith, moment = '', epoch } = attributes;
    const paths = maps.get(name) ?? {};
    const about =
      trainedWith === undefined
        ? { title: `through ${Object.keys(paths).join(', ') || name}`, moment: mapMoment }
        : {
            title: `trained with ${trainedWith}`,
            trainedWith: String(trainedWith),
            moment: String(moment),
            epoch: Number(epoch),
          };
    surfaces.push({ name, ...about, x, y, values, paths });
  }
  return surfaces.sort(
    (a, b) => (a.epoch ?? Number.POSITIVE_INFINITY) - (b.epoch ?? Number.POSITIVE_INFINITY),
  );
}

/** The weights of a checkpoint alone, without what the optimiser keeps, as safetensors. */
export async function weightsOf(storage: Storage, checkpoint: string): Promise<Uint8Array> {
  const { tensors } = await (await openRun(storage)).loadCheckpoint(checkpoint);
  const own = Object.entries(tensors).flatMap(([name, value]) =>
    name.startsWith('params/') ? [[name.slice('params/'.length), value] as const] : [],
  );
  return encodeTensors(Object.fromEntries(own));
}

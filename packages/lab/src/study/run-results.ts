import { encodeTensors, isSegscapeError, type Storage } from '@segscape/core';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { lossColours, type ReportFacts } from '@segscape/report';
import type { PlayerPath } from '@segscape/report/page';
import { type HistoryRow, openRun } from '@segscape/runs';

/** A surface of a run, as plain data. */
export interface RunSurface {
  readonly name: string;
  /** What is around its middle, or on it: the network trained with a loss, or the paths of several. */
  readonly title: string;
  /** The loss that the network was trained with; absent where the plane holds several networks. */
  readonly trainedWith?: string;
  /** Which surfaces belong side by side; absent of maps. */
  readonly moment?: string;
  readonly epoch?: number;
  readonly seed?: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** Where networks went in the plane, epoch by epoch. */
  readonly paths: readonly PlayerPath[];
}

export const historyOf = async (storage: Storage): Promise<HistoryRow[]> =>
  (await openRun(storage)).history();

/** What a run says of its landscape beside the surfaces; each is absent where the run does not have it. */
export type LandscapeFacts = Pick<ReportFacts, (typeof landscapeFacts)[number]>;

const landscapeFacts = ['maps', 'trust', 'curvature', 'forensics', 'profiles'] as const;

/** Facts of the landscape, which are there before the report is, with what the report has of the losses. */
export async function factsOf(storage: Storage): Promise<LandscapeFacts> {
  const { storage: files } = await openRun(storage);
  let facts: LandscapeFacts = {};
  for (const path of ['report.json', 'landscape.json'])
    try {
      const read = JSON.parse(new TextDecoder().decode(await files.read(path))) as LandscapeFacts;
      // The rest of a report may be megabytes.
      const own = landscapeFacts.filter((name) => read[name] !== undefined);
      facts = { ...facts, ...Object.fromEntries(own.map((name) => [name, read[name]])) };
    } catch (error) {
      // One that is being written is read whole the next time.
      if (!isSegscapeError(error, 'NOT_FOUND') && !(error instanceof SyntaxError)) throw error;
    }
  return facts;
}

/** Paths on the maps of a run, in the colours of its losses. */
function pathsOf(
  { maps = [] }: LandscapeFacts,
  losses: readonly string[],
): ReadonlyMap<string, PlayerPath[]> {
  const path = ([loss, points]: readonly [string, PlayerPath['points']]): PlayerPath => ({
    label: loss,
    colour: lossColours[Math.max(0, losses.indexOf(loss)) % lossColours.length]!,
    points,
  });
  return new Map(maps.map(({ name, paths }) => [name, Object.entries(paths).map(path)]));
}

/** Every surface that is drawn by now. */
export async function surfacesOf(storage: Storage): Promise<RunSurface[]> {
  const run = await openRun(storage);
  const [names, facts] = [await run.landscapes(), await factsOf(run.storage)];
  const surfaces: RunSurface[] = [];
  for (const name of names) {
    const { x, y, values, attributes } = await decodeSurface(await run.readLandscape(name));
    const { trainedWith, moment = '', epoch, seed } = attributes;
    const paths = pathsOf(facts, Object.keys(values)).get(name) ?? [];
    const about =
      trainedWith === undefined
        ? { title: `through ${paths.map(({ label }) => label).join(', ') || name}` }
        : {
            title: `trained with ${trainedWith}`,
            trainedWith: String(trainedWith),
            moment: String(moment),
            epoch: Number(epoch),
            seed: Number(seed),
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

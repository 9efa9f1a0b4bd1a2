import { type Params, type Sample, SegscapeError, type Storage } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import type { Dataset } from '@segscape/data';
import { type JitOptions, jit } from '@segscape/jit';
import { openRun, type Run } from '@segscape/runs';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { StudyConfig } from '../config/schema.js';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { type ModelRecord, readModelRecord } from '../model-record.js';
import { checkpointsOf } from '../plan/plan.js';
import { load } from '../tasks/checkpoints.js';
import {
  disposeGround,
  type Ground,
  Grounds,
  type SurfacePlace,
  surfaceGround,
  weightsAt,
} from './grounds.js';
import { type RecordedNetwork, recordedNetworks } from './recorded-networks.js';
import { preparedSample, type Sight, type SightOptions, sightOf } from './sight.js';

/** A training as it was at an epoch of its path; without one, as its newest checkpoint is. */
export interface TrainingMoment {
  /** The label of its loss. */
  readonly loss: string;
  readonly seed: number;
  readonly epoch?: number;
}

export interface RunSightsOptions {
  readonly jit?: JitOptions;
  /** Where kinds are known; a run with kinds of one's own needs its registry. */
  readonly registry?: StudyRegistry;
}

/** The networks of a run to look through, at images of any dataset. */
export interface RunSights {
  readonly record: ModelRecord;
  /** Labels of the losses of all networks. */
  readonly losses: readonly string[];
  /**
   * @param from a place of a surface, or a training at a moment. Newest checkpoints are read each time.
   * @param dataset of the run's classes.
   * @param index of one of its samples.
   * @throws {SegscapeError} `NOT_FOUND` for a surface, a loss or a checkpoint that the run does not have; `SHAPE_MISMATCH` for
   *   images of other channels than the run's, and for other classes.
   */
  look(
    from: SurfacePlace | TrainingMoment,
    dataset: Dataset,
    index: number,
    options?: SightOptions,
  ): Promise<Sight>;
  /** Frees the weights that are kept. */
  dispose(): Promise<void>;
}

/** Grounds in memory; a side-by-side of more networks loads some anew. */
const mostGrounds = 8;

/** What `openRunSights` of `on-demand` does; its documentation stands there. */
export async function openRunSights(
  storage: Storage,
  { jit: compiler = {}, registry = studyRegistry }: RunSightsOptions = {},
): Promise<RunSights> {
  const where = 'openRunSights';
  const run = await openRun(storage);
  const record = await readModelRecord(storage);
  const networks = recordedNetworks(where, run.config as unknown as StudyConfig, record, registry);
  const grounds = new Grounds(mostGrounds);
  const forwards = new Map<RecordedNetwork, ReturnType<typeof forwardOf>>();

  /** Many places are looked from at one image. */
  let last: { readonly dataset: Dataset; readonly index: number; readonly sample: Sample } | undefined;

  const networkOf = (loss: string): RecordedNetwork => {
    const network = networks.get(loss);
    if (network) return network;
    throw new SegscapeError(
      'NOT_FOUND',
      `${where}: the run has no loss '${loss}'. It has: ${[...networks.keys()].join(', ')}.`,
      { details: { loss } },
    );
  };

  /** @returns with whether it is kept, or the caller's. */
  async function groundOf(from: SurfacePlace | TrainingMoment): Promise<[Ground, boolean]> {
    // A run knows the files that there were when it was opened; a study that is under way writes more.
    const now = () => openRun(storage);
    if ('surface' in from) {
      const modelOf = (loss: string) => networks.get(loss)?.model;
      const make = async () => surfaceGround(where, await now(), from.surface, modelOf);
      return [await grounds.of(from.surface, make), true];
    }
    networkOf(from.loss);
    const { latest, station } = checkpointsOf(from);
    if (from.epoch === undefined) return [await momentOf(await now(), from, latest), false];
    const name = station(from.epoch);
    return [await grounds.of(`:${name}`, async () => momentOf(await now(), from, name)), true];
  }

  const compiled = (network: RecordedNetwork) => {
    const forward = forwards.get(network) ?? forwardOf(network, compiler);
    forwards.set(network, forward);
    return forward;
  };

  return {
    record,
    losses: [...networks.keys()],
    async look(from, dataset, index, options = {}) {
      if (last?.dataset !== dataset || last.index !== index)
        last = { dataset, index, sample: await preparedSample(where, dataset, index, record) };
      const { sample } = last;
      const [ground, kept] = await groundOf(from);
      const network = networkOf(ground.trainedWith);
      const place = 'surface' in from ? [from.x, from.y] : [];
      // A checkpoint itself is looked through as it is.
      const weights = place.length > 0 ? weightsAt(ground, place) : ground.params;
      try {
        const predict = (images: Tensor) => compiled(network)({ weights, images });
        const seen = { sample, dataset, record, network, predict, ...options };
        const carried = record.batchNorm === 'precise' && place.some((at) => at !== 0);
        const sight = { ...(await sightOf(seen)), epoch: ground.epoch };
        return carried && hasStatistics(network) ? { ...sight, carriedStatistics: true } : sight;
      } finally {
        if (weights !== ground.params) dispose(weights);
        if (!kept) disposeGround(ground);
      }
    },
    async dispose() {
      grounds.dispose();
      for (const forward of forwards.values()) await forward.dispose();
      forwards.clear();
    },
  };
}

const forwardOf = ({ model }: RecordedNetwork, options: JitOptions) =>
  jit(({ weights, images }: { weights: Params; images: Tensor }) => model.apply(weights, images), options);

const hasStatistics = ({ model }: RecordedNetwork): boolean =>
  Object.keys(model.shapes).some((name) => !model.isTrainable(name));

async function momentOf(run: Run, { loss }: TrainingMoment, checkpoint: string): Promise<Ground> {
  const { params, epoch } = await load(run, checkpoint);
  return { trainedWith: loss, epoch, params: toParams(params), directions: [] };
}

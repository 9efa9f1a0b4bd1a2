import { type BackendName, useBackend } from '@segscape/backend';
import { SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { dispose, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { PointValues } from '../grids/grid-runner.js';
import { inline } from '../grids/inline.js';
import { batchTensors, type Objective } from '../grids/objective.js';
import { type JobSpec, parseChunk, type UnpackedJob, unpackJob } from './wire.js';

/** What a worker can evaluate: by kind, a function that builds the objective of a config. */
export type GridRegistry = Readonly<Record<string, (config: unknown) => Objective | Promise<Objective>>>;

export interface ServiceOptions {
  /** Passed to `jit`: what can be sent. The same everywhere gives the same bits everywhere. */
  readonly jit?: Pick<JitOptions, 'executor' | 'threads' | 'device'>;
  /** TensorFlow.js's backend where the registry's module has chosen none. Default `'cpu'`. */
  readonly backend?: BackendName;
}

/** Evaluates chunks of grids, keeping the tensors of the last grid and the objectives it has built. */
export interface GridService {
  /** @param load gives the bytes of a hash. @throws {SegscapeError} */
  evaluate(payload: unknown, load: (hash: string) => Promise<Uint8Array>): Promise<PointValues[]>;
  dispose(): Promise<void>;
}

export function gridService(
  registry: GridRegistry,
  { jit, backend = 'cpu' }: ServiceOptions = {},
): GridService {
  const runner = inline(jit);
  const objectives = new Map<string, Promise<Objective>>();
  let held: { key: string; job: Promise<UnpackedJob> } | undefined;
  let ready: Promise<unknown> | undefined;

  const objectiveOf = ({ objective: { kind, config } }: JobSpec): Promise<Objective> => {
    const key = JSON.stringify([kind, config ?? null]);
    const known = objectives.get(key);
    if (known) return known;
    const build = Object.hasOwn(registry, kind) ? registry[kind] : undefined;
    if (build === undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `landscape: the worker's registry has no objective '${kind}'; it has ${Object.keys(registry).join(', ') || 'none'}.`,
        { details: { kind } },
      );
    const built = Promise.resolve(build(config));
    objectives.set(key, built);
    // One that failed may be tried again.
    built.catch(() => objectives.delete(key));
    return built;
  };
  const release = async () => {
    const job = held?.job;
    held = undefined;
    const tensors = await job?.catch(() => undefined);
    if (tensors)
      dispose([tensors.params, tensors.directions, batchTensors(tensors.batches)] as unknown as Tensor[]);
  };
  const jobOf = async (spec: JobSpec, load: (hash: string) => Promise<Uint8Array>): Promise<UnpackedJob> => {
    const key = `${spec.weights} ${spec.data}`;
    if (held?.key !== key) {
      await release();
      held = { key, job: unpackJob(spec, load) };
      held.job.catch(() => {
        if (held?.key === key) held = undefined;
      });
    }
    return held!.job;
  };
  return {
    async evaluate(payload, load) {
      const { spec, points } = parseChunk(payload);
      ready ??= getBackend() ? Promise.resolve() : useBackend(backend);
      await ready;
      const objective = await objectiveOf(spec);
      const tensors = await jobOf(spec, load);
      const found: PointValues[] = [];
      for await (const point of runner.evaluate({ ...tensors, objective, shares: spec.shares, points }))
        found.push(point);
      return found;
    },
    async dispose() {
      await release();
      await runner.dispose();
    },
  };
}

import { isSegscapeError, type Params, SegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { randomDirection, type Surface } from '@segscape/landscape';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { Run } from '@segscape/runs';
import { add, dispose, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { StudyConfig } from '../config/schema.js';
import { checkpointsOf } from '../plan/plan.js';
import { load } from '../tasks/checkpoints.js';

/** A place of a surface of a run. */
export interface SurfacePlace {
  /** Its file in `landscapes/`, without ending. */
  readonly surface: string;
  /** Along its directions; the checkpoint itself is at 0, 0. */
  readonly x: number;
  readonly y: number;
}

/** What weights at a place are made of: those in the middle, and the directions of the plane. */
export interface Ground {
  /** Label of the loss that the network in the middle was trained with. */
  readonly trainedWith: string;
  readonly epoch: number;
  readonly params: Params;
  /** None where the middle alone is known. */
  readonly directions: readonly Params[];
}

/** What of a network the ground of its surfaces depends on. */
interface Grown {
  isTrainable(name: string): boolean;
}

/** The weights at a place; the caller disposes them. */
export const weightsAt = ({ params, directions }: Ground, at: readonly number[]): Params =>
  tidy(() =>
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        directions.reduce<Tensor>(
          (sum, direction, k) => (direction[name] ? add(sum, mul(direction[name], at[k]!)) : sum),
          value.clone(),
        ),
      ]),
    ),
  );

export const disposeGround = ({ params, directions }: Ground): void => dispose([params, ...directions]);

/** Grounds in memory: of more than `most`, the one that was asked for first goes. */
export class Grounds {
  readonly #most: number;
  readonly #kept = new Map<string, Ground>();

  constructor(most: number) {
    this.#most = most;
  }

  async of(key: string, make: () => Promise<Ground>): Promise<Ground> {
    const known = this.#kept.get(key);
    if (known) return known;
    const ground = await make();
    const [oldest] = this.#kept;
    if (oldest && this.#kept.size >= this.#most) {
      disposeGround(oldest[1]);
      this.#kept.delete(oldest[0]);
    }
    this.#kept.set(key, ground);
    return ground;
  }

  dispose(): void {
    for (const ground of this.#kept.values()) disposeGround(ground);
    this.#kept.clear();
  }
}

async function surfaceOf(where: string, run: Run, name: string): Promise<Surface> {
  try {
    return await decodeSurface(await run.readLandscape(name));
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError('NOT_FOUND', `${where}: the run has no surface '${name}'.`, {
      details: { surface: name },
      cause,
    });
  }
}

/**
 * The ground under a surface: the checkpoint in its middle, and its two directions from their seeds.
 * @param where for errors.
 * @param networkOf the network that was trained with a loss, by the loss's label.
 * @throws {SegscapeError} `NOT_FOUND` for a surface that the run does not have or that lies around no single network.
 */
export async function surfaceGround(
  where: string,
  run: Run,
  name: string,
  networkOf: (loss: string) => Grown | undefined,
): Promise<Ground> {
  const { trainedWith, seed, epoch, directionSeed, norm } = (await surfaceOf(where, run, name)).attributes;
  const loss = String(trainedWith);
  const network = networkOf(loss);
  if (network === undefined || directionSeed === undefined)
    throw new SegscapeError(
      'NOT_FOUND',
      `${where}: '${name}' is no surface around a network of this run, over two random directions. Look from one of those.`,
      { details: { surface: name } },
    );
  const checkpoint = checkpointsOf({ loss, seed: Number(seed) }).epoch(Number(epoch));
  const params = toParams((await load(run, checkpoint)).params);
  const directions = [0, 1].map((k) =>
    randomDirection(params, {
      seed: Number(directionSeed) + k,
      norm: norm as StudyConfig['landscape']['norm'],
      isTrainable: (key) => network.isTrainable(key),
    }),
  );
  return { trainedWith: loss, epoch: Number(epoch), params, directions };
}

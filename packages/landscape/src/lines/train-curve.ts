import {
  assertOption,
  type Optimizer,
  type OptimizerState,
  type Params,
  random,
  SegscapeError,
  throwIfAborted,
} from '@segscape/core';
import { type JitOptions, jit } from '@segscape/jit';
import { add, dispose, mul, type Scalar, type Tensor, tidy, valueAndGrads } from '@tensorflow/tfjs-core';
import type { Batch } from '../grids/objective.js';
import { type Curve, curveCoefficients } from './curve.js';

export interface CurveOptions<B extends Batch> {
  /** Weights at both ends; they stay. */
  readonly from: Params;
  readonly to: Params;
  /** What the curve shall keep low; pure and traceable, with batch normalisation as in training. */
  readonly loss: (params: Params, batch: B) => Scalar;
  /** One batch a step, over and over. */
  readonly batches: readonly B[];
  readonly optimizer: Optimizer;
  /** Default 200. */
  readonly steps?: number;
  /** Weights between the ends. Default 1. */
  readonly bends?: number;
  /** Of the places along the curve, one a step; 32-bit integer. Default 0. */
  readonly seed?: number;
  /** Which parameters bend (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  readonly signal?: AbortSignal;
}

export type CurveEvent =
  | { readonly type: 'progress'; readonly completed: number; readonly total: number; readonly loss: number }
  | { readonly type: 'done'; readonly result: Curve };

interface StepArguments {
  /** All bends in one record, `number/name`. */
  readonly bends: Params;
  readonly from: Params;
  readonly to: Params;
  readonly state: OptimizerState;
  readonly coefficients: readonly Scalar[];
  readonly batch: Tensor;
}

/** The pure step: loss at the curve's point, and the bends after one update. */
const curveStep =
  <B extends Batch>(loss: CurveOptions<B>['loss'], optimizer: Optimizer, count: number) =>
  ({ bends, from, to, state, coefficients, batch }: StepArguments) => {
    const names = Object.keys(bends);
    const moving = names.filter((name) => name.startsWith('0/')).map((name) => name.slice(2));
    const at = (...values: Tensor[]): Scalar => {
      const bent = new Map(names.map((name, i) => [name, values[i]!]));
      const point: Params = { ...from };
      for (const name of moving) {
        let w: Tensor = add(mul(from[name]!, coefficients[0]!), mul(to[name]!, coefficients[count + 1]!));
        for (let k = 0; k < count; k++) w = add(w, mul(bent.get(`${k}/${name}`)!, coefficients[k + 1]!));
        point[name] = w;
      }
      return loss(point, batch as unknown as B);
    };
    const { value, grads } = valueAndGrads(at)(Object.values(bends));
    const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
    const next = optimizer.update(bends, gradients, state);
    return { value: value as Scalar, bends: next.params, state: next.state };
  };

/** Bends on the straight line, where training begins. */
function straight(
  where: string,
  { from, to, bends = 1, isTrainable = () => true }: CurveOptions<Batch>,
): Params {
  return tidy(() => {
    const start: Params = {};
    for (let k = 0; k < bends; k++)
      for (const [name, w] of Object.entries(from)) {
        if (w.dtype !== 'float32' || !isTrainable(name)) continue;
        const end = to[name];
        if (end?.shape.join() !== w.shape.join())
          throw new SegscapeError(
            'SHAPE_MISMATCH',
            `${where}: '${name}' is [${w.shape}] in from, ${end === undefined ? 'missing' : `[${end.shape}]`} in to.`,
          );
        const t = (k + 1) / (bends + 1);
        start[`${k}/${name}`] = add(mul(w, 1 - t), mul(end, t));
      }
    return start;
  });
}

async function* train<B extends Batch>(
  kind: Curve['kind'],
  options: CurveOptions<B>,
): AsyncGenerator<CurveEvent> {
  const { from, to, loss, batches, optimizer, steps = 200, bends: count = 1, seed = 0, signal } = options;
  assertOption(Number.isInteger(steps) && steps >= 1, kind, 'steps', steps, 'be a whole number >= 1');
  assertOption(Number.isInteger(count) && count >= 1, kind, 'bends', count, 'be a whole number >= 1');
  assertOption(batches.length >= 1, kind, 'batches', batches.length, 'be at least one batch');
  const rng = random(seed);
  let bends = straight(kind, options as unknown as CurveOptions<Batch>);
  const step = jit(curveStep(loss, optimizer, count), options.jit);
  let state: OptimizerState = {};
  let given = false;
  try {
    state = optimizer.init(bends);
    for (let k = 0; k < steps; k++) {
      throwIfAborted(signal, kind);
      const coefficients = curveCoefficients(kind, count, rng.uniform());
      const batch = batches[k % batches.length] as unknown as Tensor;
      const next = await step({ bends, from, to, state, coefficients, batch });
      dispose([bends, state] as unknown as Tensor[]);
      ({ bends, state } = next);
      const value = (await next.value.data())[0]!;
      dispose(next.value);
      yield { type: 'progress', completed: k + 1, total: steps, loss: value };
    }
    given = true;
    yield { type: 'done', result: { kind, from, to, bends: unflattened(bends, count) } };
  } finally {
    await step.dispose();
    dispose(state);
    if (!given) dispose(bends);
  }
}

const unflattened = (bends: Params, count: number): Params[] =>
  Array.from({ length: count }, (_, k) =>
    Object.fromEntries(
      Object.entries(bends)
        .filter(([name]) => name.startsWith(`${k}/`))
        .map(([name, w]) => [name.slice(`${k}/`.length), w]),
    ),
  );

/**
 * A Bézier curve between two weights along which a loss stays low: its bend is trained at places drawn evenly from it.
 *
 *     for await (const event of bezier({ from, to, loss, batches, optimizer: adam({ learningRate: 1e-2 }) }))
 *       if (event.type === 'done') curve = event.result;
 *
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `ABORTED`.
 * @see Garipov et al., Loss surfaces, mode connectivity, and fast ensembling of DNNs, 2018. https://arxiv.org/abs/1802.10026
 */
export const bezier = <B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> =>
  train('bezier', options);

/** The same with straight pieces between the ends and the bends. */
export const polygonalChain = <B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> =>
  train('polygonalChain', options);

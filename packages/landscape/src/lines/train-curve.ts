import { valueAndSlopes } from '@segscape/backend/slopes';
import {
  assertKnown,
  assertOption,
  type Optimizer,
  type OptimizerState,
  optionNames,
  type Params,
  type PlainTensor,
  random,
  SegscapeError,
} from '@segscape/core';
import { readParams, toParams } from '@segscape/core/params';
import type { JitOptions } from '@segscape/jit';
import { add, dispose, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { weightOf } from '../directions/weight-of.js';
import { type DoneEvent, ended, type ProgressEvent, progress } from '../grids/events.js';
import type { Batch } from '../grids/objective.js';
import { oneNumber } from '../grids/one-number.js';
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
  /** Of the places along the curve, one a step; an integer. Default 0. */
  readonly seed?: number;
  /** Which parameters bend (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Stops between two steps: `done` then comes with `stopped: true` and the curve so far. */
  readonly signal?: AbortSignal;
  /** Where an earlier training of the same curve stood: `state` of its `done`. It goes on to the same bits. */
  readonly resumeFrom?: CurveState;
}

/** Where the training of a curve stands: plain data, in host memory. */
export interface CurveState {
  /** Steps done. */
  readonly steps: number;
  /** All bends in one record, by `number/name`. */
  readonly bends: Readonly<Record<string, PlainTensor>>;
  readonly optimizer: Readonly<Record<string, PlainTensor>>;
}

export type CurveEvent =
  | (ProgressEvent & {
      /** Of the step that was done. */
      readonly loss: number;
    })
  /** The caller disposes the curve's bends. */
  | (DoneEvent<Curve> & { readonly state: CurveState });

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
  <B extends Batch>(kind: string, loss: CurveOptions<B>['loss'], optimizer: Optimizer, count: number) =>
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
      return oneNumber(kind, 'loss', loss(point, batch as unknown as B));
    };
    const { value, slopes } = valueAndSlopes(at, Object.values(bends));
    const gradients = Object.fromEntries(names.map((name, i) => [name, slopes[i]!]));
    const next = optimizer.update(bends, gradients, state);
    return { value, bends: next.params, state: next.state };
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
        const end = weightOf(to, name);
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

const known = optionNames<CurveOptions<Batch>>({
  from: true,
  to: true,
  loss: true,
  batches: true,
  optimizer: true,
  steps: true,
  bends: true,
  seed: true,
  isTrainable: true,
  resumeFrom: true,
  signal: true,
  jit: true,
});

async function* train<B extends Batch>(
  kind: Curve['kind'],
  options: CurveOptions<B>,
): AsyncGenerator<CurveEvent> {
  assertKnown(kind, options, known);
  const { from, to, loss, batches, optimizer, steps = 200, bends: count = 1, seed = 0 } = options;
  const { signal, resumeFrom } = options;
  assertOption(Number.isInteger(steps) && steps >= 1, kind, 'steps', steps, 'be a whole number >= 1');
  assertOption(Number.isInteger(count) && count >= 1, kind, 'bends', count, 'be a whole number >= 1');
  assertWeights(kind, 'from', from);
  assertWeights(kind, 'to', to);
  assertOption(typeof loss === 'function', kind, 'loss', loss, 'be a function');
  const isOptimizer = typeof optimizer?.init === 'function' && typeof optimizer.update === 'function';
  assertOption(isOptimizer, kind, 'optimizer', typeof optimizer, 'be an optimizer, { init, update }');
  const isList = Array.isArray(batches) && batches.length >= 1;
  assertOption(isList, kind, 'batches', batches?.length, 'be a list of at least one batch');
  const rng = random(seed);
  const start = straight(kind, options as unknown as CurveOptions<Batch>);
  const moves = Object.keys(start).length;
  assertOption(moves > 0, kind, 'isTrainable', moves, 'let at least one parameter bend');
  const { compiled } = await import('../grids/compiled.js');
  const step = compiled(kind, curveStep(kind, loss, optimizer, count), options.jit);
  let bends = start;
  let state: OptimizerState = {};
  let given = false;
  try {
    if (resumeFrom) {
      assertBends(kind, resumeFrom, start);
      dispose(start);
      bends = toParams(resumeFrom.bends);
      state = toParams(resumeFrom.optimizer);
    } else state = optimizer.init(bends);
    let done = resumeFrom?.steps ?? 0;
    // The places that were drawn before are drawn again.
    for (let k = 0; k < done; k++) rng.uniform();
    for (let k = done; k < steps && !signal?.aborted; k++) {
      const coefficients = curveCoefficients(kind, count, rng.uniform());
      const batch = batches[k % batches.length] as unknown as Tensor;
      const next = await step({ bends, from, to, state, coefficients, batch });
      dispose([bends, state] as unknown as Tensor[]);
      ({ bends, state } = next);
      const value = (await next.value.data())[0]!;
      dispose(next.value);
      done = k + 1;
      yield { ...progress(kind, done, steps, 'step'), loss: value };
    }
    const reached: CurveState = {
      steps: done,
      bends: await readParams(bends),
      optimizer: await readParams(state),
    };
    given = true;
    yield { ...ended({ kind, from, to, bends: unflattened(bends, count) }, signal), state: reached };
  } finally {
    await step.dispose();
    dispose(state);
    if (!given) dispose(bends);
  }
}

/** Refuses the state of another curve. */
function assertBends(where: string, { bends }: CurveState, start: Params): void {
  const shapes = (record: Readonly<Record<string, { readonly shape: readonly number[] }>>) =>
    Object.entries(record).map(([name, { shape }]) => `${name} [${shape}]`);
  const [wanted, got] = [shapes(start), shapes(bends)];
  const differs = wanted.find((one) => !got.includes(one)) ?? got.find((one) => !wanted.includes(one));
  if (differs === undefined) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: resumeFrom is of another curve: ${differs} is in one and not in the other. Resume with the weights and bends that made it, or begin anew.`,
    { details: { option: 'resumeFrom', value: differs } },
  );
}

const unflattened = (bends: Params, count: number): Params[] =>
  Array.from({ length: count }, (_, k) =>
    Object.fromEntries(
      Object.entries(bends)
        .filter(([name]) => name.startsWith(`${k}/`))
        .map(([name, w]) => [name.slice(`${k}/`.length), w]),
    ),
  );

/** A Bézier curve between two weights along which a loss stays low. */
export const bezier = <B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> =>
  train('bezier', options);

/** The same with straight pieces between the ends and the bends. */
export const polygonalChain = <B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> =>
  train('polygonalChain', options);

import type { Optimizer, OptimizerState, Params } from '@segscape/core';
import { add, mul, scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { asSchedule, type Schedule } from './schedule.js';

/** What an update rule sees of one parameter. */
export interface Slot {
  readonly value: Tensor;
  readonly grad: Tensor;
  /** This parameter's moments, by the names that the rule declared. */
  readonly moments: Readonly<Record<string, Tensor>>;
  readonly rate: Tensor;
  /** `1 − decay^steps` for each of the rule's decays: what makes an average of zeros and samples unbiased. */
  readonly corrections: readonly Tensor[];
}

export interface Rule {
  /** The optimiser's name, for errors. */
  readonly where: string;
  readonly learningRate: number | Schedule;
  /** Names of the moments kept for each parameter, all zero at first. */
  readonly moments: readonly string[];
  /** Decays whose bias corrections the rule needs. */
  readonly decays?: readonly number[];
  update(slot: Slot): { readonly value: Tensor; readonly moments: Readonly<Record<string, Tensor>> };
}

/** An optimiser that tells the learning rate of its next step, rank 0, from its state; ours all do. */
export interface RatedOptimizer extends Optimizer {
  rate(state: OptimizerState): Tensor;
}

const correction = (index: number) => `correction.${index}`;
const key = (moment: string, name: string) => `${moment}/${name}`;

/** An optimiser from the rule for one parameter; its state is `step`, `correction.<i>` and `<moment>/<parameter>`. */
export function optimizer({ where, learningRate, moments, decays = [], update }: Rule): RatedOptimizer {
  const schedule = asSchedule(where, learningRate);
  return {
    rate: (state) => schedule(state.step!),
    init: (params) =>
      tidy(() => {
        const state: OptimizerState = { step: scalar(0) };
        decays.forEach((_, i) => {
          state[correction(i)] = scalar(0);
        });
        // In the order of `update`, so that a compiled step sees one structure.
        for (const [name, value] of Object.entries(params))
          for (const moment of moments) state[key(moment, name)] = zerosLike(value);
        return state;
      }),
    update: (params, grads, state) =>
      tidy(() => {
        const nextState: OptimizerState = { step: add(state.step!, 1) };
        // By recursion: 1 − decay^steps in single precision would lose four digits at the first steps.
        const corrections = decays.map((decay, i) => add(mul(state[correction(i)]!, decay), 1 - decay));
        corrections.forEach((value, i) => {
          nextState[correction(i)] = value;
        });
        const rate = schedule(state.step!);
        const next: Params = {};
        for (const [name, value] of Object.entries(params)) {
          const grad = grads[name];
          const own = Object.fromEntries(moments.map((moment) => [moment, state[key(moment, name)]!]));
          if (grad === undefined) {
            next[name] = value.clone();
            for (const moment of moments) nextState[key(moment, name)] = own[moment]!.clone();
            continue;
          }
          const moved = update({ value, grad, moments: own, rate, corrections });
          next[name] = moved.value;
          for (const moment of moments) nextState[key(moment, name)] = moved.moments[moment]!;
        }
        return { params: next, state: nextState };
      }),
  };
}

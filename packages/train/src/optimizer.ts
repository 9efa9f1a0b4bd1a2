import type { Optimizer, OptimizerState, Params } from '@segscape/core';
import { add, mul, scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { asSchedule, type Schedule } from './schedule.js';

/** What an update rule sees of one parameter. */
interface Slot {
  readonly value: Tensor;
  readonly grad: Tensor;
  /** This parameter's moments, by the names that the rule declared. */
  readonly moments: Readonly<Record<string, Tensor>>;
  readonly rate: Tensor;
  /** Updates that this parameter has had before, rank 0; 0 at its first. */
  readonly updates: Tensor;
  /** `1 − decay^steps` for each of the rule's decays: what makes an average of zeros and samples unbiased. */
  readonly corrections: readonly Tensor[];
}

export interface Rule {
  /** Checked by `assertRule`. */
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

/**
 * An optimiser from the rule for one parameter; its state is `step`, `correction.<i>` and `<moment>/<parameter>`. A parameter
 * that has had no gradient at some step counts its own steps from there on, as `step/<parameter>` and `correction.<i>/<parameter>`:
 * else its moments, which have seen less, would be taken for grown ones.
 */
export function optimizer({ learningRate, moments, decays = [], update }: Rule): RatedOptimizer {
  const schedule = asSchedule(learningRate);
  const counters: readonly (readonly [name: string, decay?: number])[] = [
    ['step'],
    ...decays.map((decay, i) => [correction(i), decay] as const),
  ];
  /** By recursion: 1 − decay^steps in single precision would lose four digits at the first steps. */
  const counted = (value: Tensor, decay?: number) =>
    decay === undefined ? add(value, 1) : add(mul(value, decay), 1 - decay);
  return {
    rate: (state) => schedule(state.step!),
    init: (params) =>
      tidy(() => {
        const state: OptimizerState = {};
        for (const [name] of counters) state[name] = scalar(0);
        // In the order of `update`, so that a compiled step sees one structure.
        for (const [name, value] of Object.entries(params))
          for (const moment of moments) state[key(moment, name)] = zerosLike(value);
        return state;
      }),
    update: (params, grads, state) =>
      tidy(() => {
        const nextState: OptimizerState = {};
        for (const [name, decay] of counters) nextState[name] = counted(state[name]!, decay);
        const rate = schedule(state.step!);
        const next: Params = {};
        for (const [name, value] of Object.entries(params)) {
          const grad = grads[name];
          const own = Object.fromEntries(moments.map((moment) => [moment, state[key(moment, name)]!]));
          const corrections: Tensor[] = [];
          for (const [counter, decay] of counters) {
            const kept = state[key(counter, name)];
            const after = kept ? grad && counted(kept, decay) : grad && nextState[counter];
            if (decay !== undefined && after) corrections.push(after);
            if (kept || !grad) nextState[key(counter, name)] = after ?? (kept ?? state[counter]!).clone();
          }
          const updates = state[key('step', name)] ?? state.step!;
          const moved = grad
            ? update({ value, grad, moments: own, rate, updates, corrections })
            : {
                value: value.clone(),
                moments: Object.fromEntries(
                  Object.entries(own).map(([moment, kept]) => [moment, kept.clone()]),
                ),
              };
          next[name] = moved.value;
          for (const moment of moments) nextState[key(moment, name)] = moved.moments[moment]!;
        }
        return { params: next, state: nextState };
      }),
  };
}

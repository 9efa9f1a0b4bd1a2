import { assertOneOf, assertOption, type Optimizer, type OptimizerState, type Params } from '@segscape/core';
import { tidy } from '@tensorflow/tfjs-core';
import { assertFunction, assertGiven, assertOptimizer } from './given.js';
import type { RatedOptimizer } from './optimizer.js';

export interface ParameterGroupsOptions {
  /** The group of a parameter, by its name; a parameter of none stays as it is. */
  readonly groupOf: (name: string) => string | undefined;
  /** What updates each group. */
  readonly optimizers: Readonly<Record<string, Optimizer>>;
}

/** Entries of a record by group; a group's own have the names that they have there. */
type ByGroup<R> = ReadonlyMap<string, R>;

const prefixed = (group: string, name: string) => `${group}/${name}`;

/**
 * Parameters updated by group, each with a rate, a decay or a rule of its own: PyTorch's parameter groups.
 *
 *     const bias = (name: string) => name.endsWith('bias');
 *     const optimizer = parameterGroups({
 *       groupOf: (name) => (bias(name) ? 'plain' : 'decayed'),
 *       optimizers: { plain: adamW({ weightDecay: 0 }), decayed: adamW({ weightDecay: 0.05 }) },
 *     });
 *
 * @param given the group of each name, and the optimiser of each group.
 * @returns the optimiser; its state is that of each group, `<group>/<entry>`. It tells the rate of the first group.
 * @throws {SegscapeError} `BAD_OPTION` without groups, and for what is no optimiser; `init` and `update` for a name of a group that has no optimiser.
 */
export function parameterGroups(given: ParameterGroupsOptions): Optimizer | RatedOptimizer {
  assertGiven('parameterGroups', given, ['groupOf', 'optimizers']);
  const { groupOf, optimizers = {} } = given;
  assertFunction('parameterGroups', 'groupOf', groupOf, "that gives the group of a parameter's name");
  const groups = Object.entries(optimizers);
  const [first] = groups;
  const known = Object.keys(optimizers);
  const must = 'have one group or more, of names without a slash';
  assertOption(
    first !== undefined && known.every((group) => !group.includes('/')),
    'parameterGroups',
    'optimizers',
    known,
    must,
  );
  for (const [group, own] of groups) assertOptimizer('parameterGroups', own, `optimizers.${group}`);
  const split = (all: Params): ByGroup<Params> => {
    const found = new Map<string, Params>(groups.map(([group]) => [group, {}]));
    for (const [name, value] of Object.entries(all)) {
      const group = groupOf(name);
      if (group === undefined) continue;
      assertOneOf('parameterGroups', `groupOf('${name}')`, group, known);
      found.get(group)![name] = value;
    }
    return found;
  };
  const stateOf = (state: OptimizerState, group: string): OptimizerState =>
    Object.fromEntries(
      Object.entries(state).flatMap(([name, value]) =>
        name.startsWith(prefixed(group, '')) ? [[name.slice(prefixed(group, '').length), value]] : [],
      ),
    );
  const joined = (states: ByGroup<OptimizerState>): OptimizerState =>
    Object.fromEntries(
      [...states].flatMap(([group, state]) =>
        Object.entries(state).map(([name, value]) => [prefixed(group, name), value] as const),
      ),
    );
  const [leading, leader] = first;
  return {
    ...('rate' in leader && { rate: (state) => (leader as RatedOptimizer).rate(stateOf(state, leading)) }),
    init: (params) => {
      const parts = split(params);
      return joined(new Map(groups.map(([group, own]) => [group, own.init(parts.get(group)!)])));
    },
    update: (params, grads, state) =>
      tidy(() => {
        const [values, slopes] = [split(params), split(grads)];
        const moved: Params = {};
        const states = new Map<string, OptimizerState>();
        for (const [group, own] of groups) {
          const next = own.update(values.get(group)!, slopes.get(group)!, stateOf(state, group));
          Object.assign(moved, next.params);
          states.set(group, next.state);
        }
        const next = Object.entries(params).map(([name, value]) => [name, moved[name] ?? value.clone()]);
        return { params: Object.fromEntries(next) as Params, state: joined(states) };
      }),
  };
}

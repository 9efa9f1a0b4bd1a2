import type { OnnxModel, OnnxTensor } from './model.js';

/** The length to trace an axis at: of that name, and of that length in the example. */
export type LengthOf = (name: string, length: number) => number;

/**
 * One model for any length of its free axes, from models traced at several. An axis whose traces differ in more than shapes, or
 * in more lengths of one reshape than can be left open, stays as the example has it.
 * @param batch name of the batch axis, traced with one and two samples; the `others` at their length and at twice that.
 */
export function freed(
  build: (lengthOf: LengthOf) => OnnxModel,
  batch: string,
  others: readonly string[],
): OnnxModel {
  const known = new Map<string, OnnxModel>();
  /** The model traced with twice the length of one axis, or of none; the batch from one sample on, or as in the example. */
  const traced = (name: string | undefined, fromOne: boolean): OnnxModel => {
    const key = `${fromOne} ${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const model = build((own, length) => (own === batch && fromOne ? 1 : length) * (own === name ? 2 : 1));
    known.set(key, model);
    return model;
  };
  const free = (names: readonly string[], fromOne: boolean) =>
    merged(
      () => traced(undefined, fromOne),
      names.map((name) => [name, () => traced(name, fromOne)]),
    );
  let found = free([batch], true);
  const fromOne = found !== undefined;
  const kept = fromOne ? [batch] : [];
  // As many as the graph lets be free together: the earlier ones first.
  for (const name of others) {
    const more = free([...kept, name], fromOne);
    if (more === undefined) continue;
    found = more;
    kept.push(name);
  }
  return found ?? traced(undefined, false);
}

type Build = () => OnnxModel;

/** Undefined when the models differ in more than shapes, or cannot be built at all these lengths. */
function merged(base: Build, variants: readonly (readonly [string, Build])[]): OnnxModel | undefined {
  let model: OnnxModel;
  let others: (readonly [string, OnnxModel])[];
  try {
    model = base();
    others = variants.map(([name, build]) => [name, build()]);
  } catch {
    // A function for one fixed length fails on another; where it fails on its own, the last attempt tells.
    return undefined;
  }
  if (others.some(([, other]) => structure(other) !== structure(model))) return undefined;
  const targets = reshapeTargets(model);
  const initializers: OnnxTensor[] = [];
  for (const [i, constant] of model.initializers.entries()) {
    const open = opened(
      constant,
      others.map(([, { initializers: all }]) => all[i]!),
      targets,
    );
    if (open === undefined) return undefined;
    initializers.push(open);
  }
  const dynamic = (which: 'inputs' | 'outputs') =>
    model[which].map((value, i) => ({
      ...value,
      dims: value.dims!.map((size, axis) => {
        const found = others.filter(([, other]) => other[which][i]!.dims![axis] !== size);
        if (found.length === 0) return size;
        const [name, other] = found[0]!;
        // Half an axis, or two in one, have a length of their own.
        const same =
          found.length === 1 &&
          freeLength(model, other) === size &&
          freeLength(other, model) === other[which][i]!.dims![axis];
        return same ? name : `${value.name}_dim_${axis}`;
      }),
    }));
  return {
    ...model,
    initializers,
    inputs: dynamic('inputs'),
    outputs: dynamic('outputs'),
  };
}

/** The length of the axis that has another in the other model. */
const freeLength = (model: OnnxModel, other: OnnxModel) =>
  model.inputs.flatMap(({ dims }, i) => dims!.filter((n, axis) => n !== other.inputs[i]!.dims![axis]))[0];

const structure = ({ nodes, initializers }: OnnxModel) =>
  JSON.stringify([
    nodes.map(({ op, domain, inputs, attributes }) => [op, domain, inputs, attributes]),
    initializers.length,
  ]);

/** Constants that are nothing but the target shapes of reshapes. */
function reshapeTargets({ nodes }: OnnxModel): ReadonlySet<string> {
  const targets = new Set(nodes.filter(({ op }) => op === 'Reshape').map(({ inputs }) => inputs[1]!));
  for (const { op, inputs } of nodes)
    for (const [i, name] of inputs.entries()) if (!(op === 'Reshape' && i === 1)) targets.delete(name);
  return targets;
}

const equal = (a: OnnxTensor, b: OnnxTensor) =>
  a.bytes.length === b.bytes.length && a.bytes.every((byte, i) => byte === b.bytes[i]);

/** A constant that serves all; −1 stands for the one length of a reshape that follows the free axes. */
function opened(
  constant: OnnxTensor,
  others: readonly OnnxTensor[],
  targets: ReadonlySet<string>,
): OnnxTensor | undefined {
  const differing = others.filter((other) => !equal(constant, other));
  if (differing.length === 0) return constant;
  if (!targets.has(constant.name) || differing.some(({ bytes }) => bytes.length !== constant.bytes.length))
    return undefined;
  const lengths = (tensor: OnnxTensor) => [...new BigInt64Array(tensor.bytes.slice().buffer)];
  const own = lengths(constant);
  const open = new Set(
    differing.flatMap((other) => lengths(other).flatMap((length, i) => (length === own[i] ? [] : [i]))),
  );
  if (open.size !== 1) return undefined;
  const [at] = open as Set<number> & Iterable<number>;
  own[at!] = -1n;
  return { ...constant, bytes: new Uint8Array(BigInt64Array.from(own).buffer) };
}

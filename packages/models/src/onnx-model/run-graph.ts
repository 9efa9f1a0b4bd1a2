import { type Params, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { activationOps } from './activations.js';
import { arrangementOps, splittingOps } from './arrangement.js';
import { elementOps } from './elements.js';
import { damaged, unsupported } from './faults.js';
import { normalizationOps } from './normalization.js';
import { paddingOps } from './padding.js';
import type { OnnxGraph } from './parse.js';
import { reductionOps } from './reductions.js';
import { resizeOps } from './resize.js';
import { spreadingOps } from './spreading.js';
import { known, type Op, type OpContext, refuse, type Value } from './value.js';
import type { SortedInitializers } from './weights.js';
import { kernelAxes, windowOps } from './windows.js';

const ops: Readonly<Record<string, Op>> = {
  ...activationOps,
  ...arrangementOps,
  ...elementOps,
  ...normalizationOps,
  ...paddingOps,
  ...reductionOps,
  ...resizeOps,
  ...spreadingOps,
  ...windowOps,
};

/** Names of the nodes that can be run. */
const supportedOps = [...Object.keys(ops), ...Object.keys(splittingOps)].sort();

/** @throws {SegscapeError} `UNSUPPORTED_FORMAT` naming every kind of node that cannot be run. */
export function assertSupported({ nodes, opset }: OnnxGraph): void {
  const strange = [...new Set(nodes.map(({ op }) => op))].filter((op) => !supportedOps.includes(op));
  if (strange.length > 0)
    throw unsupported(
      `the model has nodes that are not supported: ${strange.join(', ')}`,
      `Supported are ${supportedOps.join(', ')}.`,
      { ops: strange },
    );
  for (const node of nodes) {
    if (node.op in kernelAxes && node.inputs.length < 2)
      throw damaged(`${node.op} '${node.name}' has no kernel`);
    if (node.op === 'BatchNormalization' && number1(node.attributes.training_mode))
      throw refuse(node, 'training_mode');
  }
  if (opset < 7 || opset > 22)
    throw unsupported(`the model is of opset ${opset}`, 'Export it with an opset from 7 to 22.', { opset });
}

const number1 = (value: unknown) => value === 1;

/** What a run of the graph needs beside the image. */
export interface GraphRun {
  readonly graph: OnnxGraph;
  readonly sorted: SortedInitializers;
  readonly params: Params;
  readonly input: Value;
  /** The value that is wanted. */
  readonly output: string;
  readonly training: boolean;
}

/** Runs the nodes in their order, up to the one that makes the output. */
export function runGraph({ graph, sorted, params, input, output, training }: GraphRun): {
  readonly value: Value;
  readonly updates: Record<string, Tensor>;
} {
  const updates: Record<string, Tensor> = {};
  const context: OpContext = { opset: graph.opset, training, updates };
  const values = new Map<string, Value>([[graph.inputs[0]!.name, input]]);
  for (const [name, numbers] of sorted.settings)
    values.set(name, known(numbers.values, numbers.shape, numbers.integer));
  for (const [name, { kernelOf }] of sorted.weights)
    values.set(name, {
      kind: 'tensor',
      tensor: params[name]!,
      channelsLast: false,
      isKernel: kernelOf !== undefined,
    });
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : taken(values, node.op, name)));
    const split = splittingOps[node.op];
    if (split) {
      for (const [i, part] of split(node, inputs).entries()) values.set(node.outputs[i]!, part);
      continue;
    }
    values.set(
      node.outputs[0]!,
      computed(node.op, () => ops[node.op]!(node, inputs, context), node.name),
    );
    if (node.outputs[0] === output) break;
  }
  const value = values.get(output);
  if (value === undefined) throw damaged(`no node makes its output '${output}'`);
  return { value, updates };
}

function taken(values: ReadonlyMap<string, Value>, op: string, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw damaged(`${op} takes '${name}', which no node before it makes`);
  return value;
}

/** What TensorFlow.js refuses is told with the node's name. */
function computed(op: string, run: () => Value, name: string): Value {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof SegscapeError || !(cause instanceof Error)) throw cause;
    throw new SegscapeError('SHAPE_MISMATCH', `onnxModel: ${op} '${name}': ${cause.message}`, {
      details: { op, name },
      cause,
    });
  }
}

import { type Params, SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { activationOps } from './activations.js';
import { arithmeticOps } from './arithmetic.js';
import { arrangementOps } from './arrangement.js';
import { convolutionOps } from './convolutions.js';
import { elementOps } from './elements.js';
import { damaged, unsupported } from './faults.js';
import { hasKernel } from './kernels.js';
import { normalizationOps } from './normalization.js';
import { paddingOps } from './padding.js';
import type { OnnxGraph, OnnxNode } from './parse.js';
import { poolingOps } from './pooling.js';
import { reductionOps } from './reductions.js';
import { resizeOps } from './resize.js';
import { selectionOps, splittingOps } from './selection.js';
import { spreadingOps } from './spreading.js';
import { known, type Op, type OpContext, refuse, type Value } from './value.js';
import type { SortedInitializers } from './weights.js';

const ops: Readonly<Record<string, Op>> = {
  ...activationOps,
  ...arithmeticOps,
  ...arrangementOps,
  ...convolutionOps,
  ...elementOps,
  ...normalizationOps,
  ...paddingOps,
  ...poolingOps,
  ...reductionOps,
  ...resizeOps,
  ...selectionOps,
  ...spreadingOps,
};

/** Names of the nodes that can be run. */
const supportedOps = [...Object.keys(ops), ...Object.keys(splittingOps)].sort();

/** The newest opset: from 22 on nodes that are run take further types, and nothing else of them changed. */
const newest = 27;

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
    if (hasKernel(node.op) && node.inputs.length < 2)
      throw damaged(`${node.op} '${node.name}' has no kernel`);
    if (node.op === 'BatchNormalization' && node.attributes.training_mode === 1)
      throw refuse(node, 'training_mode');
    if (node.op === 'BatchNormalization' && node.attributes.spatial === 0) throw refuse(node, 'spatial 0');
  }
  if (opset < 7 || opset > newest)
    throw unsupported(`the model is of opset ${opset}`, `Export it with an opset from 7 to ${newest}.`, {
      opset,
    });
}

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
  for (const [name, { isKernel }] of sorted.weights)
    values.set(name, {
      kind: 'tensor',
      tensor: params[name]!,
      channelsLast: false,
      isKernel,
    });
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) =>
      name === '' ? undefined : taken(values, graph.nodes, node.op, name),
    );
    const split = splittingOps[node.op];
    const results = computed(node, () => split?.(node, inputs) ?? [ops[node.op]!(node, inputs, context)]);
    for (const [i, result] of results.entries()) values.set(node.outputs[i]!, result);
    if (node.outputs[0] === output) break;
  }
  const value = values.get(output);
  if (value === undefined)
    throw furtherResult(graph.nodes, output) ?? damaged(`no node makes its output '${output}'`);
  return { value, updates };
}

/** Of most nodes the first result alone is made: masks of dropout, means of normalisation and places of maxima are not. */
function furtherResult(nodes: readonly OnnxNode[], name: string) {
  const maker = nodes.find(({ outputs }) => outputs.includes(name));
  return maker && refuse(maker, `its result ${maker.outputs.indexOf(name)} in use`);
}

function taken(
  values: ReadonlyMap<string, Value>,
  nodes: readonly OnnxNode[],
  op: string,
  name: string,
): Value {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw furtherResult(nodes, name) ?? damaged(`${op} takes '${name}', which no node before it makes`);
}

/** What TensorFlow.js refuses is told with the node's name. */
function computed<T>({ op, name }: OnnxNode, run: () => T): T {
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

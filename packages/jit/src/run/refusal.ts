import { SegscapeError } from '@segscape/core';
import { encodeModel, nodeName } from '../onnx/encode.js';
import type { OnnxModel, OnnxNode } from '../onnx/model.js';
import { firstSentence } from './device.js';
import type { Host } from './runtime.js';

/** Why ONNX Runtime does not load a model, by the kernel that is to blame. */
export async function refusal(host: Host, model: OnnxModel, cause: unknown): Promise<SegscapeError> {
  const node = named(model, cause) ?? (await firstRefused(host, model));
  return blamed('ONNX Runtime refuses', node, cause);
}

/** Why a run failed. */
export const failure = (model: OnnxModel, cause: unknown): SegscapeError =>
  blamed('ONNX Runtime failed in', named(model, cause), cause);

function blamed(what: string, node: OnnxNode | undefined, cause: unknown): SegscapeError {
  const kernel = node?.kernel;
  const where =
    node === undefined
      ? 'the program'
      : kernel === undefined
        ? `ONNX operation ${node.op}`
        : `TensorFlow.js kernel ${kernel}, as ONNX operation ${node.op}`;
  const said = cause instanceof Error ? ` It said: ${firstSentence(cause.message)}` : '';
  return new SegscapeError(
    'NOT_TRACEABLE',
    `jit: ${what} ${where}. Use other operations there, or executor: 'eager'.${said}`,
    { details: { ...(kernel && { kernel }), ...(node && { op: node.op }) }, cause },
  );
}

/** The node that a message names. */
function named({ nodes }: OnnxModel, cause: unknown): OnnxNode | undefined {
  if (!(cause instanceof Error)) return undefined;
  for (const [name, index] of cause.message.matchAll(/\b[A-Za-z]+_(\d+)\b/g)) {
    const node = nodes[Number(index)];
    if (node !== undefined && nodeName(node.op, Number(index)) === name) return node;
  }
  return undefined;
}

/** The first node without which the model before it loads, by halving; undefined where it is the whole that does not. */
async function firstRefused(host: Host, model: OnnxModel): Promise<OnnxNode | undefined> {
  const { nodes } = model;
  let [good, bad] = [0, nodes.length];
  if (await loads(host, model, bad)) return undefined;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await loads(host, model, middle)) good = middle;
    else bad = middle;
  }
  return nodes[bad - 1];
}

/** Whether ONNX Runtime loads the first `count` nodes. */
async function loads({ runtime }: Host, model: OnnxModel, count: number): Promise<boolean> {
  const nodes = model.nodes.slice(0, count);
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const ends = nodes.flatMap(({ outputs }) => outputs).filter((name) => !used.has(name));
  try {
    const session = await runtime.InferenceSession.create(
      encodeModel({ ...model, nodes, outputs: ends.map((name) => ({ name })) }),
      { graphOptimizationLevel: 'disabled', logSeverityLevel: 4 },
    );
    await session.release();
    return true;
  } catch {
    return false;
  }
}

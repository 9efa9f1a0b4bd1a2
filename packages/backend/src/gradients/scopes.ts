import {
  cast,
  clone,
  engine,
  exp,
  type GradConfig,
  keep,
  mul,
  neg,
  reshape,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

// Two operations of TensorFlow.js bring a gradient of their own that saves what they computed. A gradient registered
// under such an operation's name takes its place; what it is given are the tensors that the operation saved.

/** Puts a saved result back on the outer tape, as a function of the operation that made it. */
function linked(saved: readonly Tensor[], result: Tensor, gradient: Relink): Tensor {
  const { state } = engine();
  const fresh = clone(result);
  const tape = state.gradientDepth > 0 ? state.activeTape : undefined;
  const node = tape?.findLast((entry) => entry.saved === saved);
  if (tape === undefined || node === undefined) return fresh;
  const [name, of] = gradient.from(node);
  // The engine disposes what a tape's nodes saved.
  const kept = keep(clone(fresh));
  tape.push({
    id: state.nextTapeNodeId++,
    kernelName: 'Identity',
    inputs: { [name]: of },
    outputs: [fresh],
    saved: [kept],
    gradient: ([dy]) => ({ [name]: () => gradient.rule(dy!, kept) }),
  });
  return fresh;
}

type TapeNode = NonNullable<ReturnType<typeof engine>['state']['activeTape']>[number];

interface Relink {
  /** The tensor on the tape that the result is a function of, by a name. */
  readonly from: (node: TapeNode) => readonly [string, Tensor];
  readonly rule: (dy: Tensor, result: Tensor) => Tensor;
}

const softmaxRule = (dy: Tensor, y: Tensor) => sub(dy, mul(sum(dy, -1, true), exp(y)));

export const scopes: readonly GradConfig[] = [
  {
    kernelName: 'logSoftmax__op',
    gradFunc: (dy, saved) => ({
      0: () => {
        const y = linked(saved, saved[0]!, {
          from: ({ outputs }) => ['x', outputs[0]!],
          rule: (dz) => clone(dz),
        });
        return softmaxRule(dy as Tensor, y);
      },
    }),
  },
  {
    kernelName: 'softmaxCrossEntropy__op',
    gradFunc: (dy, saved) => {
      const [labels, logits] = saved as [Tensor, Tensor];
      const y = () => linked(saved, logits, { from: ({ inputs }) => ['1', inputs[1]!], rule: softmaxRule });
      const share = reshape(dy as Tensor, [...(dy as Tensor).shape, 1]);
      const truth = cast(labels, 'float32');
      return {
        0: () => neg(mul(share, y())),
        1: () => mul(share, sub(mul(exp(y()), sum(truth, -1, true)), truth)),
      };
    },
  },
];

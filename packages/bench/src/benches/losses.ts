import { useBackend } from '@segscape/backend';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import {
  binaryCrossEntropy,
  boundary,
  clDice,
  crossEntropy,
  dice,
  focal,
  focalTversky,
  generalizedDice,
  jaccard,
  type LossFn,
  logCoshDice,
  lovasz,
  mcc,
  type PreparedLabels,
  poly,
  topK,
  tversky,
  unifiedFocal,
} from '@segscape/losses';
import { dispose, type Tensor, tensor, valueAndGrad } from '@tensorflow/tfjs-core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';

const shape = [4, 388, 388, 2] as const;

/** Each loss that runs under jit, beside the name of its formula in the peer. */
const cases: readonly { name: string; formula: string; loss: LossFn }[] = [
  { name: 'cross-entropy 1:3', formula: 'cross_entropy', loss: crossEntropy({ classWeights: [1, 3] }) },
  { name: 'binary cross-entropy', formula: 'binary_cross_entropy', loss: binaryCrossEntropy() },
  { name: 'focal γ=2', formula: 'focal', loss: focal({ gamma: 2 }) },
  { name: 'poly', formula: 'poly', loss: poly() },
  { name: 'top 10 %', formula: 'top_k', loss: topK({ k: 10 }) },
  { name: 'Dice', formula: 'dice', loss: dice() },
  { name: 'generalised Dice', formula: 'generalized_dice', loss: generalizedDice() },
  { name: 'log-cosh Dice', formula: 'log_cosh_dice', loss: logCoshDice() },
  { name: 'Jaccard', formula: 'jaccard', loss: jaccard() },
  { name: 'Tversky 0.3, 0.7', formula: 'tversky', loss: tversky({ alpha: 0.3, beta: 0.7 }) },
  { name: 'focal Tversky', formula: 'focal_tversky', loss: focalTversky() },
  { name: 'unified focal', formula: 'unified_focal', loss: unifiedFocal() },
  { name: 'MCC', formula: 'mcc', loss: mcc() },
  { name: 'Lovász', formula: 'lovasz', loss: lovasz() },
  { name: 'boundary', formula: 'boundary', loss: boundary() },
  { name: 'clDice', formula: 'cl_dice', loss: clDice() },
];

/** What the loss is called with: labels alone, or beside them what it prepares from a mask. */
function truth(loss: LossFn, labels: Int32Array): PreparedLabels {
  const [n, height, width] = shape;
  const batch = tensor(labels, [n, height, width], 'int32');
  if (loss.prepare === undefined) return { labels: batch };
  const size = height * width;
  const maps = Array.from({ length: n }, (_, i) => {
    const data = labels.slice(i * size, (i + 1) * size);
    return loss.prepare!({ data, height, width, channels: 1 }).distances!.data as Float32Array;
  });
  const distances = Float32Array.from({ length: n * size }, (_, i) => maps[Math.floor(i / size)]![i % size]!);
  return { labels: batch, distances: tensor(distances, [n, height, width, 1]) };
}

/** Value and gradient of each loss on 4×388×388×2 against the same formula in PyTorch. */
export async function* losses(): AsyncGenerator<Row> {
  await useBackend('cpu');
  const rng = random(1);
  const [n, h, w, c] = shape;
  const values = Float32Array.from({ length: n * h * w * c }, () => rng.normal());
  const classes = Int32Array.from({ length: n * h * w }, () => Number(rng.uniform() < 0.1));
  const planes = new Float32Array(values.length);
  for (let i = 0; i < n * h * w; i++) {
    const image = Math.floor(i / (h * w));
    for (let k = 0; k < c; k++) planes[(image * c + k) * h * w + (i % (h * w))] = values[i * c + k]!;
  }
  const logits = tensor(values, [...shape]);
  for (const { name, formula, loss } of cases) {
    const peer = new PythonPeer();
    const y = truth(loss, classes);
    const theirs = await peer.ask({
      setup: 'loss',
      formula,
      logits: peer.array(planes, [n, c, h, w]),
      labels: peer.array(classes, [n, h, w]),
      ...(y.distances && {
        distances: peer.array((await y.distances.data()) as Float32Array, [n, 1, h, w]),
      }),
    });
    const run = jit(
      ({ y, z }: { y: PreparedLabels; z: Tensor }) => valueAndGrad((scores: Tensor) => loss(y, scores))(z),
      { executor: 'onnxruntime' },
    );
    const first = await run({ y, z: logits });
    const value = (await first.value.data())[0]!;
    dispose(first);
    if (!(Math.abs(value - theirs.first!) <= 1e-4 * Math.abs(theirs.first!)))
      throw new Error(`${name}: ${value} here, ${theirs.first} in the peer: not the same formula.`);
    yield* await contest({
      bench: 'losses',
      case: `${name}, value and gradient, ${shape.join('×')}`,
      peer: 'PyTorch',
      ours: async () => {
        dispose(Object.values(await run({ y, z: logits })));
        return undefined;
      },
      modes: [peer.mode('default')],
      notes: async () => `value ${value.toFixed(6)} / ${theirs.first!.toFixed(6)}`,
    });
    await run.dispose();
    dispose({ ...y });
    peer.close();
  }
  dispose(logits);
}

import { useBackend } from '@segscape/backend';
import { random } from '@segscape/core';
import { jit } from '@segscape/jit';
import {
  crossEntropy,
  dice,
  focal,
  generalizedDice,
  type LossFn,
  lovasz,
  topK,
  tversky,
} from '@segscape/losses';
import { dispose, type Tensor, tensor, valueAndGrad } from '@tensorflow/tfjs-core';
import { measure, type Row } from '../measure.js';
import { PythonPeer } from '../python-peer.js';

const shape = [4, 388, 388, 2] as const;

const cases: readonly { name: string; formula: string; loss: LossFn }[] = [
  { name: 'cross-entropy 1:3', formula: 'cross_entropy', loss: crossEntropy({ classWeights: [1, 3] }) },
  { name: 'focal γ=2', formula: 'focal', loss: focal({ gamma: 2 }) },
  { name: 'Dice', formula: 'dice', loss: dice() },
  { name: 'Tversky 0.3, 0.7', formula: 'tversky', loss: tversky({ alpha: 0.3, beta: 0.7 }) },
  { name: 'generalised Dice', formula: 'generalized_dice', loss: generalizedDice() },
  { name: 'top 10 %', formula: 'top_k', loss: topK({ k: 10 }) },
  { name: 'Lovász', formula: 'lovasz', loss: lovasz() },
];

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
  const [labels, logits] = [tensor(classes, [n, h, w], 'int32'), tensor(values, [...shape])];
  for (const { name, formula, loss } of cases) {
    const peer = new PythonPeer();
    const theirs = await peer.ask({
      setup: 'loss',
      formula,
      logits: peer.array(planes, [n, c, h, w]),
      labels: peer.array(classes, [n, h, w]),
    });
    const run = jit(
      ({ y, z }: { y: Tensor; z: Tensor }) => valueAndGrad((scores: Tensor) => loss(y, scores))(z),
      { executor: 'onnxruntime' },
    );
    const first = await run({ y: labels, z: logits });
    const value = (await first.value.data())[0]!;
    dispose(first);
    yield await measure({
      bench: 'losses',
      case: `${name}, value and gradient, ${shape.join('×')}`,
      peer: 'PyTorch',
      ours: async () => void dispose((await run({ y: labels, z: logits })) as never) as undefined,
      theirs: async () => (await peer.ask({ run: true })).ms,
      notes: async () => `value ${value.toFixed(6)} / ${theirs.first!.toFixed(6)}`,
    });
    await run.dispose();
    peer.close();
  }
  dispose([labels, logits]);
}

import { useBackend } from '@segscape/backend';
import { type CurvatureProblem, hessianTrace, topEigenvalues } from '@segscape/landscape';
import { crossEntropy } from '@segscape/losses';
import { dispose } from '@tensorflow/tfjs-core';
import { contest, type Row } from '../harness/contest.js';
import { PythonPeer } from '../python-peer.js';
import { type Case, makeCase, networks, tellCurvature } from './networks.js';

/** Net (a) on images of 32², so that eigenvalues take seconds and not minutes. */
const network = { ...networks[0], size: 32 };
const where = 'net (a), 4×32×32×3';

type Batch = Pick<Case, 'images' | 'labels'>;

/** Milliseconds of a product among many: what tracing and compiling take is left out by a difference. */
async function productMs(problem: CurvatureProblem<Batch>): Promise<number> {
  const [few, many] = [2, 22];
  const times: number[] = [];
  for (const probes of [few, many]) {
    const started = performance.now();
    await hessianTrace(problem, { probes });
    times.push(performance.now() - started);
  }
  return (times[1]! - times[0]!) / (many - few);
}

/** Hessian products, a trace and the five largest eigenvalues, against PyTorch's double backward in PyHessian's loops. */
export async function* curvature(): AsyncGenerator<Row> {
  await useBackend('cpu');
  const current = makeCase(network);
  const { model, params, images, labels } = current;
  const loss = crossEntropy();
  const problem: CurvatureProblem<Batch> = {
    loss: (weights, batch) => loss(batch.labels, model.apply(weights, batch.images)),
    params,
    batches: [{ images, labels }],
  };
  const cases = [
    {
      name: `Hessian product, ${where}`,
      asked: { kind: 'products', count: 20 },
      ours: () => productMs(problem),
    },
    {
      name: `trace by 20 probes, ${where}, compiling included`,
      asked: { kind: 'trace', count: 20 },
      ours: async () => void (await hessianTrace(problem, { probes: 20 })),
    },
    {
      name: `5 largest eigenvalues to 1e-3, ${where}, compiling included`,
      asked: { kind: 'eigenvalues', count: 5 },
      ours: async () => {
        const { vectors } = await topEigenvalues(problem, { count: 5, which: 'magnitude', tolerance: 1e-3 });
        for (const vector of vectors) dispose(vector);
      },
    },
  ] as const;
  for (const { name, asked, ours } of cases) {
    const peer = new PythonPeer();
    await tellCurvature(peer, network, current, asked);
    yield* await contest({
      bench: 'landscape',
      case: name,
      peer: 'PyTorch',
      ours: async () => (await ours()) ?? undefined,
      modes: (asked.kind === 'products' ? ['NCHW', 'channels last'] : ['NCHW']).map((mode) =>
        peer.mode(mode),
      ),
      rounds: asked.kind === 'eigenvalues' ? 1 : 2,
    });
    peer.close();
  }
  dispose([images, labels, ...Object.values(params)]);
}

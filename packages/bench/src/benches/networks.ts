import { type Params, random } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { crossEntropy } from '@segscape/losses';
import { type Model, toTorch, unet } from '@segscape/models';
import { adam, type StepState, trainStep } from '@segscape/train';
import { dispose, type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { PythonPeer } from '../python-peer.js';

/** The networks that are timed: (a) and (b) also as presets train them, with batch normalisation; (c) is the original study's. */
export const networks = [
  {
    name: '(a) base 16, depth 4, same, 4×128×128×3',
    base: 16,
    depth: 4,
    padding: 'same',
    size: 128,
    batch: 4,
    channels: 3,
    norm: 'none',
  },
  {
    name: '(b) base 32, depth 5, same, 1×256×256×3',
    base: 32,
    depth: 5,
    padding: 'same',
    size: 256,
    batch: 1,
    channels: 3,
    norm: 'none',
  },
  {
    name: '(a) with batch norm, base 16, depth 4, same, 4×128×128×3',
    base: 16,
    depth: 4,
    padding: 'same',
    size: 128,
    batch: 4,
    channels: 3,
    norm: 'batch',
  },
  {
    name: '(b) with batch norm, base 32, depth 5, same, 1×256×256×3',
    base: 32,
    depth: 5,
    padding: 'same',
    size: 256,
    batch: 1,
    channels: 3,
    norm: 'batch',
  },
  {
    name: '(c) base 32, depth 5, valid, 1×572×572×3',
    base: 32,
    depth: 5,
    padding: 'valid',
    size: 572,
    batch: 1,
    channels: 3,
    norm: 'none',
  },
] as const;

export type Network = (typeof networks)[number];

/** What makes a network of the bench; a batch of any size. */
export type Shape = Omit<Network, 'name' | 'batch' | 'base' | 'depth' | 'size' | 'padding' | 'norm'> & {
  readonly name: string;
  readonly batch: number;
  readonly base: number;
  readonly depth: number;
  readonly size: number;
  readonly padding: 'same' | 'valid';
  readonly norm: 'none' | 'batch';
};

export interface Case {
  readonly model: Model;
  readonly params: Params;
  readonly images: Tensor;
  readonly labels: Tensor;
}

/** The network with He-normal weights, a batch of noise, and labels that depend on it. */
export function makeCase({ base, depth, padding, size, batch, channels, norm }: Shape): Case {
  const model = unet({
    inputChannels: channels,
    classes: 2,
    baseChannels: base,
    depth,
    padding,
    norm,
  });
  const rng = random(1);
  const pixels = Float32Array.from({ length: batch * size * size * channels }, () => rng.uniform());
  const [height, width] = model.outputSize([size, size]);
  return {
    model,
    params: model.init(1),
    images: tensor(pixels, [batch, size, size, channels]),
    labels: tensor(
      Int32Array.from({ length: batch * height * width }, () => Number(rng.uniform() < 0.1)),
      [batch, height, width],
      'int32',
    ),
  };
}

export const stepOf = (model: Model) => trainStep({ model, loss: crossEntropy(), optimizer: adam() });

/** As `fit` begins: of what is not trained, running statistics, an optimiser keeps nothing, and a step would be compiled twice. */
export const stateOf = ({ model, params }: Case): StepState => ({
  params: { ...params },
  optimizer: adam().init(
    Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name))),
  ),
});

/** The network, its weights and batch as the peer takes them. */
function described(peer: PythonPeer, { depth, padding, norm }: Shape, current: Case): object {
  const { model, params, images, labels } = current;
  const dict = toTorch(params, model);
  const weights = Object.fromEntries(
    Object.entries(dict).map(([name, value]) => [
      name,
      peer.array(value.dataSync() as Float32Array, value.shape),
    ]),
  );
  dispose(dict);
  const [n, h, w, c] = images.shape as [number, number, number, number];
  const first = new Float32Array(images.size);
  const values = images.dataSync();
  for (let i = 0; i < n; i++)
    for (let k = 0; k < c; k++)
      for (let p = 0; p < h * w; p++) first[(i * c + k) * h * w + p] = values[(i * h * w + p) * c + k]!;
  return {
    depth,
    padding,
    norm,
    weights,
    images: peer.array(first, [n, c, h, w]),
    labels: peer.array(labels.dataSync() as Int32Array, labels.shape),
  };
}

/** Tells the peer the same network, weights and batch; answers its first result, for comparison. */
export async function tellPeer(
  peer: PythonPeer,
  network: Shape,
  current: Case,
  training: boolean,
): Promise<number> {
  const answer = await peer.ask({ setup: 'unet', training, ...described(peer, network, current) });
  return answer.first!;
}

/** Tells the peer to draw surfaces around the same weights. */
export const tellSurface = (
  peer: PythonPeer,
  network: Shape,
  current: Case,
  asked: { readonly losses: number; readonly points: number },
) => peer.ask({ setup: 'surface', ...asked, ...described(peer, network, current) });

/** Tells the peer to measure curvature at the same weights. */
export const tellCurvature = (
  peer: PythonPeer,
  network: Shape,
  current: Case,
  asked: { readonly kind: 'products' | 'trace' | 'eigenvalues'; readonly count: number },
) => peer.ask({ setup: 'curvature', ...asked, ...described(peer, network, current) });

/** Copies on the current backend, for a backend that would move the originals. */
export const copied = (record: Params): Params =>
  toParams(
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        { dtype: value.dtype as 'float32', shape: value.shape, data: value.dataSync() as Float32Array },
      ]),
    ),
  );

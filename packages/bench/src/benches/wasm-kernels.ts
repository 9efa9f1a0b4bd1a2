import { useBackend } from '@segscape/backend';
import '@tensorflow/tfjs-backend-cpu';
import {
  backend_util,
  dispose,
  engine,
  type NamedAttrMap,
  setBackend,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { measure, type Row } from '../measure.js';

interface Case {
  readonly kernel: string;
  readonly about: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly attrs: object;
}

/** The gradients of a convolution by its filter and by its input; of volumes, the convolution as well. */
function convolution(x: number[], filter: number[], stride: number): Case[] {
  const volume = x.length === 5;
  const [strides, dilations] = [x.slice(2).map(() => stride), x.slice(2).map(() => 1)];
  const attrs = { strides, dilations, pad: 'same', dataFormat: volume ? 'NDHWC' : 'NHWC' };
  const info = volume
    ? backend_util.computeConv3DInfo(x as never, filter as never, stride, 1, 'same')
    : backend_util.computeConv2DInfo(x as never, filter as never, stride, 1, 'same');
  const dy = info.outShape;
  const about = `[${x}] by [${filter}], stride ${stride}`;
  const byInput = { shapes: { dy, filter }, attrs: { ...attrs, inputShape: x }, about };
  if (!volume) return [{ kernel: 'Conv2DBackpropInput', ...byInput }];
  return [
    { kernel: 'Conv3D', shapes: { x, filter }, attrs, about },
    { kernel: 'Conv3DBackpropFilterV2', shapes: { x, dy }, attrs: { ...attrs, filterShape: filter }, about },
    { kernel: 'Conv3DBackpropInputV2', ...byInput },
  ];
}

function pooling(x: number[], size: number): Case[] {
  const volume = x.length === 5;
  const attrs = { filterSize: x.slice(2).map(() => size), strides: x.slice(2).map(() => 2), pad: 'same' };
  const info = volume
    ? backend_util.computePool3DInfo(x as never, size, 2, 1, 'same')
    : backend_util.computePool2DInfo(x as never, size, 2, 1, 'same');
  const kernel = volume ? 'MaxPool3D' : 'MaxPool';
  const about = `[${x}], ${size} wide, stride 2`;
  const gradient = { dy: info.outShape, input: x, output: info.outShape };
  return [
    { kernel, shapes: { x }, attrs, about },
    { kernel: `${kernel}Grad`, shapes: gradient, attrs, about },
  ];
}

const [image, volume] = [
  [2, 128, 128, 32],
  [1, 32, 32, 32, 16],
];
const cases: readonly Case[] = [
  ...[2, 3].flatMap((size) => [...pooling(image!, size), ...pooling(volume!, size)]),
  ...[1, 2].flatMap((stride) => [
    ...convolution(volume!, [3, 3, 3, 16, 16], stride),
    ...convolution(image!, [3, 3, 32, 32], stride),
  ]),
];

/** Numbers in [-1, 1], the same each time. */
const waves = (shape: readonly number[], phase: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898 + phase)),
    [...shape],
  );

/** Kernels of training that are composed on wasm, against those of the cpu backend. */
export async function* wasmKernels(): AsyncGenerator<Row> {
  await useBackend('wasm', { threads: 1 });
  for (const { kernel, about, shapes, attrs } of cases) {
    const inputs: Tensor[] = [];
    const on = async (backend: string) => {
      await setBackend(backend);
      const own = Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => [name, waves(shape, i + 1)]),
      );
      inputs.push(...Object.values(own));
      return async () => {
        await setBackend(backend);
        const started = performance.now();
        const result = engine().runKernel(kernel, own, attrs as NamedAttrMap) as Tensor;
        await result.data();
        const ms = performance.now() - started;
        result.dispose();
        return ms;
      };
    };
    const [ours, theirs] = [await on('wasm'), await on('cpu')];
    yield await measure({
      bench: 'wasm-kernels',
      case: `${kernel} of ${about}`,
      peer: 'tfjs-cpu',
      ours,
      theirs,
      rounds: 5,
    });
    dispose(inputs);
  }
}

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
import { contest, type Row } from '../harness/contest.js';

interface Case {
  readonly kernel: string;
  readonly about: string;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly attrs: object;
  /** Inputs that are places in an axis, with its length. */
  readonly places?: Readonly<Record<string, number>>;
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
  const byFilter = { shapes: { x, dy }, attrs: { ...attrs, filterShape: filter }, about };
  if (!volume)
    return [
      { kernel: 'Conv2DBackpropFilter', ...byFilter },
      { kernel: 'Conv2DBackpropInput', ...byInput },
    ];
  return [
    { kernel: 'Conv3D', shapes: { x, filter }, attrs, about },
    { kernel: 'Conv3DBackpropFilterV2', ...byFilter },
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

// Of a size at which the cpu backend, which takes up to a thousand times as long, is done within seconds.
const [image, volume] = [
  [2, 64, 64, 16],
  [1, 32, 32, 32, 16],
];
const convolutions: readonly Case[] = [
  ...[2, 3].flatMap((size) => [...pooling(image!, size), ...pooling(volume!, size)]),
  ...[1, 2].flatMap((stride) => [
    ...convolution(volume!, [3, 3, 3, 16, 16], stride),
    ...convolution(image!, [3, 3, 16, 16], stride),
  ]),
];

const plain = { transposeA: false, transposeB: false };
const arrangements: readonly Case[] = [
  {
    kernel: 'BatchMatMul',
    about: '512 × 512, the first transposed',
    shapes: { a: [512, 512], b: [512, 512] },
    attrs: { ...plain, transposeA: true },
  },
  {
    kernel: 'BatchMatMul',
    about: '4 of 256 × 256',
    shapes: { a: [4, 256, 256], b: [4, 256, 256] },
    attrs: plain,
  },
  {
    kernel: 'Tile',
    about: `[${image}], channels twice`,
    shapes: { x: image! },
    attrs: { reps: [1, 1, 1, 2] },
  },
  {
    kernel: 'Equal',
    about: `[${image}] and one number a pixel`,
    shapes: { a: image!, b: [2, 64, 64, 1] },
    attrs: {},
  },
  {
    kernel: 'GatherV2',
    about: '65536 rows of 16',
    shapes: { x: [65536, 16], indices: [65536] },
    places: { indices: 65536 },
    attrs: { axis: 0, batchDims: 0 },
  },
  {
    kernel: 'UnsortedSegmentSum',
    about: '8192 rows of 16 into 64',
    shapes: { x: [8192, 16], segmentIds: [8192] },
    places: { segmentIds: 64 },
    attrs: { numSegments: 64 },
  },
  {
    kernel: 'DepthToSpace',
    about: '[4,64,64,64], blocks of 2',
    shapes: { x: [4, 64, 64, 64] },
    attrs: { blockSize: 2, dataFormat: 'NHWC' },
  },
];

/** Numbers in [-1, 1], the same each time. */
const waves = (shape: readonly number[], phase: number): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 12.9898 + phase)),
    [...shape],
  );

/** Places in an axis, all over it. */
const scattered = (shape: readonly number[], length: number): Tensor =>
  tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7919) % length),
    [...shape],
    'int32',
  );

/** Kernels of training that are composed on wasm, against those of the cpu backend. */
export async function* wasmKernels(): AsyncGenerator<Row> {
  await useBackend('wasm', { threads: 1 });
  for (const { kernel, about, shapes, attrs, places = {} } of [...convolutions, ...arrangements]) {
    const inputs: Tensor[] = [];
    const on = async (backend: string) => {
      await setBackend(backend);
      const own = Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => [
          name,
          name in places ? scattered(shape, places[name]!) : waves(shape, i + 1),
        ]),
      );
      inputs.push(...Object.values(own));
      return async () => {
        await setBackend(backend);
        const started = performance.now();
        // Neither backend does anything later: what is returned is computed, so nothing need be read.
        const result = engine().runKernel(kernel, own, attrs as NamedAttrMap) as Tensor;
        const ms = performance.now() - started;
        result.dispose();
        return ms;
      };
    };
    const [ours, theirs] = [await on('wasm'), await on('cpu')];
    yield* await contest({
      bench: 'wasm-kernels',
      case: `${kernel} of ${about}`,
      peer: 'tfjs-cpu',
      ours,
      modes: [{ mode: 'one thread', pid: process.pid, run: theirs }],
    });
    dispose(inputs);
  }
}

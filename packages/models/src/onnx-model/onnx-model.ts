import { assertOption, type Params, SegscapeError, sameShape, sizeOf } from '@segscape/core';
import { clone, dispose, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Model, Size } from '../model.js';
import { unsupported } from './faults.js';
import { type OnnxGraph, type OnnxPort, parseOnnx } from './parse.js';
import { assertSupported, runGraph } from './run-graph.js';
import { spatialSteps } from './spatial-step.js';
import { channelsLast, inOrder, last, plain, shapeOf } from './value.js';
import { sortInitializers, weightShapes, weightTensors } from './weights.js';

export interface OnnxModelOptions {
  /**
   * Where the model's images have their channels: `'first'`, `[batch, channels, [depth,] height, width]`, as PyTorch exports them, or
   * `'last'`. Default `'auto'`: told from the lengths that the file declares.
   */
  readonly channels?: 'auto' | 'first' | 'last';
  /** Which output are the logits. Default the first. */
  readonly output?: string;
}

export interface OnnxModel {
  readonly model: Model;
  /** The model's weights, by their names in the file; kernels are kept `[height, width, in, out]`. The caller disposes them. */
  readonly params: Params;
  /** What the file says of itself: classes, normalisation, whatever its exporter wrote. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Most channels that pictures have, and that images of microscopes and satellites have; more is a height or a width. */
const mostChannels = [4, 16];

function channelsOf({ name, shape }: OnnxPort, asked: 'auto' | 'first' | 'last'): 'first' | 'last' {
  if (shape !== undefined && shape.length !== 4 && shape.length !== 5)
    throw unsupported(
      `its input '${name}' is shaped [${shape.join(', ')}]`,
      'Models of images [batch, channels, height, width] and of volumes, with the depth before the height, are run.',
      { name, shape },
    );
  if (asked !== 'auto') return asked;
  for (const most of mostChannels) {
    const [first, end] = [shape?.[1], shape?.at(-1)].map(
      (length) => typeof length === 'number' && length <= most,
    );
    if (first !== end) return first ? 'first' : 'last';
  }
  throw new SegscapeError(
    'BAD_OPTION',
    `onnxModel: the input '${name}' is shaped [${shape?.join(', ') ?? 'unknown'}], which does not say where the channels are. Give channels: 'first' (PyTorch) or 'last'.`,
    { details: { option: 'channels', value: asked } },
  );
}

function portOf(graph: OnnxGraph, output: string | undefined): OnnxPort {
  const names = graph.outputs.map(({ name }) => name);
  const found = output === undefined ? graph.outputs[0] : graph.outputs.find(({ name }) => name === output);
  if (found) return found;
  throw new SegscapeError(
    'BAD_OPTION',
    `onnxModel: there is no output '${output}'; expected one of ${names.join(', ')}.`,
    { details: { option: 'output', value: output } },
  );
}

/**
 * Other people's ONNX models as networks of ours: their weights become parameters, their nodes run as operations of TensorFlow.js.
 * So they predict, train, and have surfaces, gradients and `jit` as any other.
 *
 *     const { model, params } = onnxModel(new Uint8Array(await readFile('unet.onnx')));
 *     const logits = model.apply(params, images); // [batch, height, width, classes]; of volumes the depth first
 *
 * @param given bytes of a model file (opset 7 to 27) with one input, images or volumes.
 * @param options `channels` and `output`; their defaults stand with their types.
 * @returns a model whose images and logits are channels last, whatever the file has; `init` gives the file's weights. A model that
 *   ends in softmax gives probabilities: losses take them with `input: 'probabilities'`.
 * @throws {SegscapeError} `CORRUPT_CHECKPOINT` for bytes that are no model; `UNSUPPORTED_FORMAT` naming what is not supported:
 *   kinds of nodes, settings of theirs, values in files apart; `BAD_OPTION` where the channels cannot be told.
 */
export function onnxModel(given: Uint8Array | ArrayBuffer, options: OnnxModelOptions = {}): OnnxModel {
  const { channels: asked = 'auto' } = options;
  assertOption(
    ['auto', 'first', 'last'].includes(asked),
    'onnxModel',
    'channels',
    asked,
    "be 'auto', 'first' or 'last'",
  );
  const graph = parseOnnx(given instanceof ArrayBuffer ? new Uint8Array(given) : given);
  assertSupported(graph);
  if (graph.inputs.length !== 1)
    throw unsupported(
      `it has ${graph.inputs.length} inputs (${graph.inputs.map(({ name }) => name).join(', ')})`,
      'Models of one input, the image, are run.',
      { inputs: graph.inputs.length },
    );
  const input = graph.inputs[0]!;
  const output = portOf(graph, options.output);
  const channels = channelsOf(input, asked);
  const sorted = sortInitializers(graph);
  const shapes = weightShapes(sorted);
  const lengths = channels === 'first' ? input.shape?.slice(2) : input.shape?.slice(1, -1);
  const inputChannels = input.shape?.at(channels === 'first' ? 1 : -1);
  const ranks = input.shape ? [input.shape.length] : [4, 5];

  const assertFits = (params: Params, images: Tensor) => {
    const fits = typeof inputChannels !== 'number' || images.shape.at(-1) === inputChannels;
    if (!ranks.includes(images.rank) || !fits)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `onnxModel: expected images [batch, ${ranks[0] === 5 ? 'depth, ' : ''}height, width, ${inputChannels ?? 'channels'}], got [${images.shape}].`,
        { details: { expected: inputChannels, given: images.shape } },
      );
    for (const [name, shape] of Object.entries(shapes)) {
      const given = params[name]?.shape;
      if (given === undefined || !sameShape(given, shape))
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `onnxModel: expected parameter '${name}' of shape [${shape.join(', ')}], got ${given ? `[${given.join(', ')}]` : 'none'}. Its parameters are those that onnxModel gave.`,
          { details: { name, expected: shape, given } },
        );
    }
  };
  const run = (params: Params, images: Tensor, training: boolean) => {
    assertFits(params, images);
    return tidy(() => {
      const given = channels === 'first' ? last(images) : plain(images);
      const { value, updates } = runGraph({
        graph,
        sorted,
        params,
        input: given,
        output: output.name,
        training,
      });
      const isImage = channels === 'first' && shapeOf(value).length === images.rank;
      // The clone keeps a result that is a parameter or the input itself apart from the caller's tensor.
      return { logits: clone(isImage ? channelsLast(value) : inOrder(value)), updates };
    });
  };
  const steps = spatialSteps(graph, sorted, lengths?.length ?? 2);
  const inputSizeFor = <S extends Size>(size: S): S =>
    size.map((length, i) => {
      const fixed = lengths?.[i];
      return typeof fixed === 'number' ? fixed : Math.ceil(length / (steps[i] ?? 1)) * (steps[i] ?? 1);
    }) as unknown as S;
  const sizes = new Map<string, readonly number[]>();
  const outputSize = <S extends Size>(size: S): S => {
    const key = size.join();
    if (!sizes.has(key)) {
      const params = weightTensors(sorted);
      const blank = zeros([1, ...size, typeof inputChannels === 'number' ? inputChannels : 1]);
      try {
        const { logits } = run(params, blank, false);
        sizes.set(key, logits.shape.slice(1, -1));
        logits.dispose();
      } finally {
        dispose([...Object.values(params), blank]);
      }
    }
    return sizes.get(key) as unknown as S;
  };
  const parameters = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  const trainable = Object.entries(shapes).reduce(
    (sum, [name, shape]) => sum + (sorted.statistics.has(name) ? 0 : sizeOf(shape)),
    0,
  );
  return {
    model: {
      name: 'onnx',
      config: { name: 'onnx', channels, output: output.name },
      taps: ['logits'],
      shapes,
      init: () => weightTensors(sorted),
      isTrainable: (name) => !sorted.statistics.has(name),
      apply: (params, images, { tap = 'logits' } = {}) => {
        assertOption(tap === 'logits', 'onnxModel', 'tap', tap, "be 'logits'");
        return run(params, images, false).logits;
      },
      forward: (params, images, { training }) => run(params, images, training),
      outputSize,
      inputSizeFor,
      summary: (size) => ({
        layers: graph.nodes
          .map(({ op, name, inputs }) => ({ op, name, own: inputs.filter((key) => key in shapes) }))
          .filter(({ own }) => own.length > 0)
          .map(({ op, name, own }) => ({
            name,
            kind: op,
            shape: [],
            parameters: own.reduce((sum, key) => sum + sizeOf(shapes[key]!), 0),
          })),
        parameters,
        trainable,
        inputSize: [...size],
        outputSize: [...outputSize(size)],
      }),
    },
    params: weightTensors(sorted),
    metadata: graph.metadata,
  };
}

import { ofFloats } from '../../lowering/as-floats.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { imageShape, range } from '../../lowering/sizes.js';

const resized: Rule<'ResizeBilinear' | 'ResizeNearestNeighbor'>['infer'] = ({ images }, attrs) => {
  const [batch, , , channels] = imageShape(images);
  return [{ shape: [batch, ...attrs.size, channels], dtype: images.dtype }];
};

const scaleOf = (input: number, output: number, alignCorners: boolean) =>
  alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output;

/** Weights of the input pixels in each output pixel, `[output, input]`, as TensorFlow.js places them. */
function bilinearWeights(
  input: number,
  output: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
): number[] {
  const scale = scaleOf(input, output, alignCorners);
  const weights = Array<number>(output * input).fill(0);
  for (let o = 0; o < output; o++) {
    const source = halfPixelCenters ? scale * (o + 0.5) - 0.5 : scale * o;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(input - 1, Math.ceil(source));
    const part = source - low;
    weights[o * input + low]! += 1 - part;
    weights[o * input + Math.max(high, 0)]! += part;
  }
  return weights;
}

function nearestSource(
  input: number,
  output: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
): number[] {
  const scale = scaleOf(input, output, alignCorners);
  return range(0, output).map((o) => {
    const source = halfPixelCenters ? scale * (o + 0.5) : scale * o;
    return Math.max(0, Math.min(input - 1, alignCorners ? Math.round(source) : Math.floor(source)));
  });
}

/** Rows, then columns: `R · image · Cᵀ` per channel. */
function separable(to: Lowering, image: LoweredTensor, rows: string, columns: string): string {
  return to.emit('MatMul', [rows, to.emit('MatMul', [to.name(image, 'first'), columns])]);
}

const transposed = (matrix: readonly number[], rows: number, columns: number) =>
  range(0, rows * columns).map((i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);

const bilinear: Rule<'ResizeBilinear'> = {
  infer: resized,
  lower(to, { images }, attrs, [output]) {
    const [, h, w] = imageShape(images);
    const [, oh, ow] = imageShape(output);
    const [align, half] = [Boolean(attrs.alignCorners), Boolean(attrs.halfPixelCenters)];
    const rows = to.graph.constant(bilinearWeights(h, oh, align, half), 'float32', [oh, h]);
    const columns = to.graph.constant(transposed(bilinearWeights(w, ow, align, half), ow, w), 'float32', [
      w,
      ow,
    ]);
    return to.value(output, separable(to, images, rows, columns), 'first');
  },
};

const nearest: Rule<'ResizeNearestNeighbor'> = {
  infer: resized,
  lower(to, { images }, attrs, [output]) {
    const [, h, w] = imageShape(images);
    const [, oh, ow] = imageShape(output);
    const [align, half] = [Boolean(attrs.alignCorners), Boolean(attrs.halfPixelCenters)];
    const tall = to.emit('Gather', [to.name(images, 'first'), to.ints(nearestSource(h, oh, align, half))], {
      axis: 2,
    });
    return to.value(
      output,
      to.emit('Gather', [tall, to.ints(nearestSource(w, ow, align, half))], { axis: 3 }),
      'first',
    );
  },
};

type Weights = (input: number, output: number, align: boolean) => number[];

/** The transposed interpolation: what each output pixel took, it gives back. */
function gradient(weights: Weights): Rule<'ResizeBilinearGrad' | 'ResizeNearestNeighborGrad'> {
  return {
    infer: ({ images }) => [images],
    lower(to, { images, dy }, attrs, [output]) {
      const [, h, w] = imageShape(images);
      const [, oh, ow] = imageShape(dy);
      const align = Boolean(attrs.alignCorners);
      const rows = to.graph.constant(transposed(weights(h, oh, align), oh, h), 'float32', [h, oh]);
      const columns = to.graph.constant(weights(w, ow, align), 'float32', [ow, w]);
      return to.value(output, separable(to, dy, rows, columns), 'first');
    },
  };
}

/** TensorFlow.js scales gradients by aligned corners only when both sizes exceed one, and never by half pixels. */
const bilinearGradient: Weights = (input, output, align) => bilinearWeights(input, output, align, false);

const nearestGradient: Weights = (input, output, align) => {
  const source = nearestSource(input, output, align, false);
  return range(0, output * input).map((i) => Number(source[Math.floor(i / input)] === i % input));
};

export const resizings = {
  ResizeBilinear: ofFloats(bilinear, 'images'),
  ResizeNearestNeighbor: nearest,
  ResizeBilinearGrad: gradient(bilinearGradient),
  ResizeNearestNeighborGrad: gradient(nearestGradient),
} satisfies Rules;

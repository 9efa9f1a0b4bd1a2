import { backend_util, type TransformAttrs } from '@tensorflow/tfjs-core';
import { ofFloats } from '../../lowering/as-floats.js';
import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import type { Rule, Rules } from '../../lowering/rule.js';
import { imageShape, range } from '../../lowering/sizes.js';
import { along, bilinear, inside, nearest, reader } from './interpolation.js';

type FillMode = TransformAttrs['fillMode'];

const methods = { nearest, bilinear };

/** Brought into the image, 0…n−1, as TensorFlow.js continues it. */
function continued(to: Lowering, name: string, n: number, mode: FillMode): string {
  if (mode === 'constant') return name;
  const clamped = (x: string) => to.emit('Min', [to.emit('Max', [x, to.number(0)]), to.number(n - 1)]);
  if (mode === 'nearest' || n === 1) return clamped(name);
  const [zero, one, last] = [to.number(0), to.number(1), to.number(n - 1)];
  const negative = to.emit('Neg', [name]);
  // How often a length goes into a distance, whole times.
  const times = (distance: string, length: number) =>
    to.emit('Floor', [to.emit('Div', [distance, to.number(length)])]);
  const ends = () => {
    if (mode === 'wrap') {
      const left = to.emit('Mul', [to.emit('Add', [times(negative, n - 1), one]), to.number(n)]);
      const right = to.emit('Mul', [times(name, n - 1), to.number(n)]);
      return [to.emit('Add', [name, left]), to.emit('Sub', [name, right])];
    }
    const period = to.number(2 * n);
    const left = to.emit('Add', [to.emit('Mul', [times(negative, 2 * n), period]), name]);
    const mirrored = to.emit('Sub', [to.emit('Neg', [left]), one]);
    const turned = to.emit('Less', [left, to.number(-n)]);
    const right = to.emit('Sub', [name, to.emit('Mul', [times(name, 2 * n), period])]);
    const back = to.emit('Sub', [to.emit('Sub', [period, right]), one]);
    const over = to.emit('GreaterOrEqual', [right, to.number(n)]);
    return [
      to.emit('Where', [turned, to.emit('Add', [left, period]), mirrored]),
      to.emit('Where', [over, back, right]),
    ];
  };
  const [left, right] = ends() as [string, string];
  const within = to.emit('Where', [to.emit('Greater', [name, last]), right, name]);
  return clamped(to.emit('Where', [to.emit('Less', [name, zero]), left, within]));
}

/** Column `i` of `[rows, columns]` as `[rows, 1, 1]`. */
function column(to: Lowering, table: LoweredTensor, i: number): string {
  const part = to.emit('Slice', [to.name(table), to.ints([i]), to.ints([i + 1]), to.ints([1])]);
  return to.reshape(part, [], [table.shape[0]!, 1, 1]);
}

/** Images seen through a projection, one of eight numbers for each or for all. */
const transform: Rule<'Transform'> = {
  infer({ image }, attrs) {
    const [batch, height, width, channels] = imageShape(image);
    const size = attrs.outputShape ?? [height, width];
    return [{ shape: [batch, ...size, channels], dtype: image.dtype }];
  },
  lower(to, { image, transforms }, attrs, [output]) {
    const [batch, height, width] = imageShape(image);
    const [, rows, columns] = imageShape(output);
    const [x, y] = [along(to, columns, 2), along(to, rows, 1)];
    const plane = (i: number, offset: string) =>
      to.emit('Add', [
        to.emit('Add', [
          to.emit('Mul', [column(to, transforms, i), x]),
          to.emit('Mul', [column(to, transforms, i + 1), y]),
        ]),
        offset,
      ]);
    const depth = plane(6, to.number(1));
    // What is seen at infinity lies outside of any image.
    const infinite = to.emit('Equal', [depth, to.number(0)]);
    const seen = (i: number, n: number) => {
      const at = to.emit('Div', [plane(i, column(to, transforms, i + 2)), depth]);
      const place = continued(to, at, n, attrs.fillMode);
      return to.emit('Where', [infinite, to.number(-10), place]);
    };
    const offset = to.graph.constant(
      range(0, batch).map((i) => i * height * width),
      'int32',
      [batch, 1, 1],
    );
    const read = methods[attrs.interpolation];
    const places = { row: seen(3, height), column: seen(0, width) };
    return to.value(output, read(to, reader(to, image, offset), places, attrs.fillValue));
  },
};

/** Boxes `[y1, x1, y2, x2]`, in shares of the image, each cut out and resized. */
const cropAndResize: Rule<'CropAndResize'> = {
  infer: ({ image, boxes }, attrs) => [
    { shape: [boxes.shape[0]!, ...attrs.cropSize, image.shape[3]!], dtype: 'float32' },
  ],
  lower(to, { image, boxes, boxInd }, attrs, [output]) {
    const [batch, height, width] = imageShape(image);
    const [count, rows, columns] = imageShape(output);
    const places = (axis: 1 | 2, n: number, size: number) => {
      const [low, high] = [column(to, boxes, axis - 1), column(to, boxes, axis + 1)];
      if (n === 1) return to.emit('Mul', [to.emit('Add', [low, high]), to.number((size - 1) / 2)]);
      const step = to.emit('Mul', [to.emit('Sub', [high, low]), to.number((size - 1) / (n - 1))]);
      const start = to.emit('Mul', [low, to.number(size - 1)]);
      return to.emit('Add', [start, to.emit('Mul', [along(to, n, axis), step])]);
    };
    const which = to.reshape(to.name(boxInd), boxInd.shape, [count, 1, 1]);
    const exists = to.emit('Less', [which, to.number(batch, 'int32')]);
    const zero = to.number(0, 'int32');
    const safe = to.emit('Max', [to.emit('Where', [exists, which, zero]), zero]);
    const offset = to.emit('Mul', [safe, to.number(height * width, 'int32')]);
    const at = { row: places(1, rows, height), column: places(2, columns, width) };
    const fill = attrs.extrapolationValue;
    const pixels = reader(to, image, offset);
    const within = to.emit('Mul', [inside(to, at.row, height - 1), inside(to, at.column, width - 1)]);
    const kept = to.emit('Greater', [to.emit('Unsqueeze', [within, to.ints([-1])]), to.number(0)]);
    const found = methods[attrs.method](to, pixels, at, 0);
    const filled = to.emit('Where', [kept, found, to.number(fill)]);
    // A box of an image that is none is left empty.
    const present = to.emit('Unsqueeze', [exists, to.ints([-1])]);
    return to.value(output, to.emit('Where', [present, filled, to.number(0)]));
  },
};

/** A rotation by an angle that is known beforehand: each pixel is the nearest one of a fixed place. */
const rotate: Rule<'RotateWithOffset'> = {
  infer: ({ image }) => [image],
  lower(to, { image }, attrs, [output]) {
    const [batch, height, width, channels] = imageShape(image);
    const [cx, cy] = backend_util.getImageCenter(attrs.center, height, width);
    const [sin, cos] = [Math.sin(attrs.radians), Math.cos(attrs.radians)];
    const sources = range(0, height * width).map((i) => {
      const [dx, dy] = [(i % width) - cx, Math.floor(i / width) - cy];
      const x = Math.round(dx * cos - dy * sin + cx);
      const y = Math.round(dx * sin + dy * cos + cy);
      return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : -1;
    });
    const fill = attrs.fillValue;
    const fills = range(0, channels).map((c) =>
      typeof fill === 'number' ? fill : c === 3 ? opaque : fill[c]!,
    );
    const pixels = to.reshape(to.name(image), image.shape, [batch, height * width, channels]);
    const at = to.ints(sources.map((i) => Math.max(0, i)));
    const seen = sources.map((i) => Number(i >= 0));
    const rotated = to.emit('Where', [
      to.graph.constant(seen, 'bool', [1, height * width, 1]),
      to.emit('Gather', [pixels, at], { axis: 1 }),
      to.graph.constant(fills, 'float32', [1, 1, channels]),
    ]);
    return to.value(output, to.reshape(rotated, [], output.shape));
  },
};

/** What fills the fourth channel. */
const opaque = 255;

export const warpings = {
  Transform: transform,
  CropAndResize: ofFloats(cropAndResize, 'image', 'boxes'),
  RotateWithOffset: rotate,
} satisfies Rules;

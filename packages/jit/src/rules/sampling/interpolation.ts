import type { LoweredTensor } from '../../lowering/lowered-tensor.js';
import type { Lowering } from '../../lowering/lowering.js';
import { imageShape, range } from '../../lowering/sizes.js';

/** Places to read an image at, in pixels, `[images, rows, columns]` or what broadcasts to it. */
export interface Places {
  readonly row: string;
  readonly column: string;
}

/** Reads the pixels of `[N, h, w, C]` at any place. */
export interface Reader {
  readonly height: number;
  readonly width: number;
  /** The pixel at whole places, `[images, rows, columns, C]`; `fill` where there is none. */
  at(places: Places, fill: number): string;
}

/** 1 where a coordinate is within 0…last, else 0. */
export function inside(to: Lowering, name: string, last: number): string {
  const zero = to.number(0);
  const low = to.emit('Where', [to.emit('GreaterOrEqual', [name, zero]), to.number(1), zero]);
  return to.emit('Where', [to.emit('LessOrEqual', [name, to.number(last)]), low, zero]);
}

/** Whether a coordinate is there, and the coordinate itself, 0 where it is not. */
function within(to: Lowering, name: string, last: number) {
  const zero = to.number(0);
  const ok = inside(to, name, last);
  return { ok, safe: to.emit('Where', [to.emit('Greater', [ok, zero]), name, zero]) };
}

/** `image` read with `offset`, int32, the first row of each image in the list of all pixels, `[images, 1, 1]`. */
export function reader(to: Lowering, image: LoweredTensor, offset: string): Reader {
  const [batch, height, width, channels] = imageShape(image);
  const pixels = to.reshape(to.name(image), image.shape, [batch * height * width, channels]);
  return {
    height,
    width,
    at({ row, column }, fill) {
      const y = within(to, row, height - 1);
      const x = within(to, column, width - 1);
      const place = to.emit('Add', [to.emit('Mul', [y.safe, to.number(width)]), x.safe]);
      const index = to.emit('Add', [to.cast(place, 'float32', 'int32'), offset]);
      const found = to.emit('Gather', [pixels, index], { axis: 0 });
      const there = to.emit('Unsqueeze', [to.emit('Mul', [y.ok, x.ok]), to.ints([-1])]);
      return to.emit('Where', [to.emit('Greater', [there, to.number(0)]), found, to.number(fill)]);
    },
  };
}

/** The nearest pixel; halves are rounded up. */
export function nearest(to: Lowering, image: Reader, { row, column }: Places, fill: number): string {
  const whole = (name: string) => to.emit('Floor', [to.emit('Add', [name, to.number(0.5)])]);
  return image.at({ row: whole(row), column: whole(column) }, fill);
}

/** Between the four pixels around; those outside count as `fill`. */
export function bilinear(to: Lowering, image: Reader, { row, column }: Places, fill: number): string {
  const split = (name: string) => {
    const low = to.emit('Floor', [name]);
    const part = to.emit('Unsqueeze', [to.emit('Sub', [name, low]), to.ints([-1])]);
    return {
      low,
      high: to.emit('Add', [low, to.number(1)]),
      part,
      rest: to.emit('Sub', [to.number(1), part]),
    };
  };
  const [y, x] = [split(row), split(column)];
  const mixed = (one: string, weight: string, other: string, weightOfOther: string) =>
    to.emit('Add', [to.emit('Mul', [one, weight]), to.emit('Mul', [other, weightOfOther])]);
  const line = (at: string) =>
    mixed(
      image.at({ row: at, column: x.low }, fill),
      x.rest,
      image.at({ row: at, column: x.high }, fill),
      x.part,
    );
  return mixed(line(y.low), y.rest, line(y.high), y.part);
}

/** 0…n−1 along one of the axes of `[images, rows, columns]`. */
export const along = (to: Lowering, n: number, axis: 1 | 2): string =>
  to.graph.constant(range(0, n), 'float32', axis === 1 ? [1, n, 1] : [1, 1, n]);

import type { DataType } from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../onnx/builder.js';
import type { Attributes, OnnxType } from '../onnx/model.js';
import type { Call, Ref } from '../trace/program.js';
import type { TypedShape } from './rule.js';
import { finite, wrapped } from './stored.js';
import { type Form, type Layout, Value } from './value.js';

export const onnxType = (dtype: DataType): OnnxType =>
  dtype === 'int32' || dtype === 'bool' ? dtype : 'float32';

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Whether tensors of this rank have a channels-first form of their own. */
export const hasLayouts = (rank: number) => rank === 4 || rank === 5;

/** Sizes in the order of a layout. */
export function inLayout(shape: readonly number[], layout: Layout): readonly number[] {
  if (layout === 'last' || !hasLayouts(shape.length)) return shape;
  return [shape[0]!, shape[shape.length - 1]!, ...shape.slice(1, -1)];
}

/** Where an axis of a channels-last tensor is in a layout. */
export function axisIn(axis: number, rank: number, layout: Layout): number {
  if (layout === 'last' || axis === 0) return axis;
  return axis === rank - 1 ? 1 : axis + 1;
}

/** Sizes of the broadcast result. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[i - rank + shape.length] ?? 1);
    return sizes.find((n) => n !== 1) ?? 1;
  });
}

/** What the graph is to run on. */
export interface Target {
  /** Channels per block of ONNX Runtime's private convolution; undefined for a standard graph. */
  readonly block?: number | undefined;
  /** Only operations that ONNX Runtime's GPU providers have. Default false. */
  readonly gpu?: boolean;
}

/** Writes ONNX for one traced program, keeping track of the layouts that each tensor is available in. */
export class Lowering {
  readonly graph = new GraphBuilder();
  readonly #values = new Map<Ref, Value>();

  /** Channels per block of ONNX Runtime's blocked convolution; undefined to do without. */
  readonly block: number | undefined;
  /** Whether rules must keep to the operations that ONNX Runtime's GPU providers have. */
  readonly gpu: boolean;

  constructor(
    readonly calls: readonly Call[],
    { block, gpu = false }: Target = {},
  ) {
    this.block = block;
    this.gpu = gpu;
  }

  set(ref: Ref, value: Value): void {
    this.#values.set(ref, value);
  }

  /** The value behind a reference, if it has been computed. */
  known(ref: Ref): Value | undefined {
    return this.#values.get(ref);
  }

  /** The value behind a reference; a constant is made when first asked for. */
  of(ref: Ref): Value {
    const known = this.#values.get(ref);
    if (known !== undefined) return known;
    if (ref.values === undefined) throw new Error('A traced tensor was used before it was computed.');
    const value = this.captured(ref, ref.values);
    this.#values.set(ref, value);
    return value;
  }

  private captured({ shape, dtype }: Ref, values: NonNullable<Ref['values']>): Value {
    const first = values[0];
    if (first !== undefined && values.every((v) => Object.is(v, first)))
      return this.splat({ shape, dtype }, first);
    const value = new Value(shape, dtype, {
      last: () => ({ name: this.graph.data(values, onnxType(dtype), shape), dims: shape }),
    });
    value.constant = true;
    value.atLeastZero = dtype === 'int32' && values.every((n) => n >= 0);
    return value;
  }

  /** A tensor whose elements all are `number`: a single constant that broadcasts. */
  splat({ shape, dtype }: TypedShape, number: number): Value {
    const form = () => ({ name: this.graph.constant(number, onnxType(dtype)), dims: [] });
    const value = new Value(shape, dtype, { last: form, first: form });
    value.splat = number;
    value.atLeastZero = dtype === 'int32' && number >= 0;
    return value;
  }

  /** A value that ONNX already holds in one layout, with exactly the sizes of `shape`. */
  value({ shape, dtype }: TypedShape, name: string, layout: Layout = 'last'): Value {
    return new Value(shape, dtype, { [layout]: { name, dims: inLayout(shape, layout) } });
  }

  /** The form in a layout, perhaps yet to be broadcast; a transpose is added when there is no other way. */
  form(value: Value, layout: Layout): Form {
    const known = value.form(layout);
    if (known !== undefined) return known;
    const rank = value.shape.length;
    const other = value.form(layout === 'first' ? 'last' : 'first') as Form;
    if (other.dims.length === 0 || !hasLayouts(rank)) return value.keep(layout, other);
    const dims = [...Array<number>(rank - other.dims.length).fill(1), ...other.dims];
    const perm = layout === 'first' ? [0, rank - 1, ...axes(1, rank - 1)] : [0, ...axes(2, rank), 1];
    const moved = perm.map((axis) => dims[axis]!);
    const real = (p: readonly number[]) => p.filter((axis) => dims[axis] !== 1);
    const unmoved = same(real(perm), real(axes(0, rank)));
    const name = unmoved
      ? this.reshape(other.name, other.dims, moved)
      : this.transposed(this.reshape(other.name, other.dims, dims), perm, value.dtype);
    return value.keep(layout, { name, dims: moved });
  }

  /** Booleans as integers on GPUs, whose providers move none. */
  private transposed(name: string, perm: readonly number[], dtype: DataType): string {
    if (!this.gpu || dtype !== 'bool') return this.emit('Transpose', [name], { perm });
    return this.cast(this.emit('Transpose', [this.cast(name, 'bool', 'int32')], { perm }), 'int32', 'bool');
  }

  /** The name of the value with all its elements, in a layout. */
  name(value: Value, layout: Layout = 'last'): string {
    const { name, dims } = this.form(value, layout);
    const whole = inLayout(value.shape, layout);
    if (same(dims, whole)) return name;
    if (product(dims) === product(whole))
      return value.keep(layout, { name: this.reshape(name, dims, whole), dims: whole }).name;
    const full = this.emit('Expand', [name, this.ints(whole)]);
    return value.keep(layout, { name: full, dims: whole }).name;
  }

  /** Element-wise work in the layout that needs no transpose; operands broadcast as in TensorFlow.js. */
  elementwise(
    operands: readonly Value[],
    { shape, dtype }: TypedShape,
    build: (names: readonly string[]) => string,
  ): Value {
    const layout = this.layoutFor(operands, shape.length);
    const forms = operands.map((operand) => this.aligned(operand, shape.length, layout));
    const name = build(forms.map((form) => form.name));
    return new Value(shape, dtype, {
      [layout]: { name, dims: broadcast(...forms.map((form) => form.dims)) },
    });
  }

  /** `first` when more of the operands is at hand so. */
  layoutFor(operands: readonly Value[], rank: number): Layout {
    if (!hasLayouts(rank)) return 'last';
    const full = operands.filter((v) => v.shape.length === rank && v.splat === undefined);
    const held = (layout: Layout) => full.reduce((sum, v) => sum + v.held(layout), 0);
    return held('first') > held('last') ? 'first' : 'last';
  }

  /** An operand of lower rank, as it broadcasts against a tensor of `rank` in `layout`. */
  private aligned(value: Value, rank: number, layout: Layout): Form {
    if (value.shape.length === rank || layout === 'last') return this.form(value, layout);
    const { name, dims } = this.form(value, 'last');
    if (dims.every((n) => n === 1))
      return dims.length === 0 ? { name, dims } : { name: this.reshape(name, dims, []), dims: [] };
    const padded = [...Array<number>(rank - dims.length).fill(1), ...dims];
    const lifted = new Value(padded, value.dtype, {
      last: { name: this.reshape(name, dims, padded), dims: padded },
    });
    return this.form(lifted, 'first');
  }

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.graph.emit(op, inputs, attributes, domain);
  }

  reshape(name: string, from: readonly number[], to: readonly number[]): string {
    return same(from, to) ? name : this.emit('Reshape', [name, this.ints(to)]);
  }

  cast(name: string, from: DataType, to: DataType): string {
    return from === to
      ? name
      : this.emit('Cast', [name], { to: { float32: 1, int32: 6, bool: 9 }[onnxType(to) as 'float32'] });
  }

  /** As an array of another type keeps numbers: integers without a fraction, modulo 2³². */
  converted(name: string, from: DataType, to: DataType): string {
    if (to === 'bool' && from !== 'bool') throw new Error(`no boolean holds what is ${from}`);
    if (from !== 'float32' || to !== 'int32') return this.cast(name, from, to);
    return this.gpu ? this.cast(finite(this, name), from, to) : wrapped(this, name, 'float32');
  }

  /** A 1-D int64 constant, as ONNX wants shapes and axes. */
  ints(values: readonly number[]): string {
    return this.graph.constant(values, 'int64', [values.length]);
  }

  number(value: number, dtype: DataType = 'float32'): string {
    return this.graph.constant(value, onnxType(dtype));
  }
}

/** The integers from `from` up to, without, `to`. */
export const axes = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

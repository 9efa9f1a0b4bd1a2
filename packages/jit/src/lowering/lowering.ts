import { sameShape, sizeOf } from '@segscape/core';
import type { DataType } from '@tensorflow/tfjs-core';
import { hostArray } from '../host-array.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import type { Attributes } from '../onnx/model.js';
import { onnxType } from '../onnx/types.js';
import type { Call, Ref, TypedShape } from '../program.js';
import { hasLayouts, inLayout, type Layout } from './layout.js';
import { type Form, LoweredTensor } from './lowered-tensor.js';
import { broadcast, range } from './sizes.js';
import { finite, wrapped } from './stored-integers.js';

/** What the graph is to run on. */
export interface Target {
  /** Channels per block of ONNX Runtime's private convolution; undefined for a standard graph. */
  readonly block?: number | undefined;
  /** Only operations that ONNX Runtime's GPU providers have. Default false. */
  readonly gpu?: boolean;
  /** Only operations that every ONNX tool has, none of ONNX Runtime's own. Default false. */
  readonly standard?: boolean;
  /** Axes are moved by `Transpose` even where a `Reshape`, which names lengths, would do. Default false. */
  readonly freeSizes?: boolean;
}

/** Writes ONNX for one traced program, keeping track of the layouts that each tensor is available in. */
export class Lowering {
  readonly graph = new GraphBuilder();
  readonly #values = new Map<Ref, LoweredTensor>();

  /** Channels per block of ONNX Runtime's blocked convolution; undefined to do without. */
  readonly block: number | undefined;
  /** Whether rules must keep to the operations that ONNX Runtime's GPU providers have. */
  readonly gpu: boolean;
  /** Whether rules must keep to what every ONNX tool has. */
  readonly standard: boolean;
  readonly #freeSizes: boolean;

  constructor(
    readonly calls: readonly Call[],
    { block, gpu = false, standard = false, freeSizes = false }: Target = {},
  ) {
    this.#freeSizes = freeSizes;
    this.block = block;
    this.gpu = gpu;
    this.standard = standard;
  }

  set(ref: Ref, value: LoweredTensor): void {
    this.#values.set(ref, value);
  }

  /** The value behind a reference, if it has been computed. */
  known(ref: Ref): LoweredTensor | undefined {
    return this.#values.get(ref);
  }

  /** The value behind a reference; a constant is made when first asked for. */
  of(ref: Ref): LoweredTensor {
    const known = this.#values.get(ref);
    if (known !== undefined) return known;
    if (ref.values === undefined) throw new Error('A traced tensor was used before it was computed.');
    const value = this.captured(ref, ref.values);
    this.#values.set(ref, value);
    return value;
  }

  private captured({ shape, dtype }: Ref, values: NonNullable<Ref['values']>): LoweredTensor {
    const first = values[0];
    if (first !== undefined && values.every((v) => Object.is(v, first)))
      return this.splat({ shape, dtype }, first);
    const value = new LoweredTensor(shape, dtype, {
      last: () => ({ name: this.graph.data(values, onnxType(dtype), shape), dims: shape }),
    });
    value.constant = true;
    value.atLeastZero = dtype === 'int32' && values.every((n) => n >= 0);
    return value;
  }

  /** A tensor whose elements all are `number`, as an array of its type keeps that: a single constant that broadcasts. */
  splat({ shape, dtype }: TypedShape, number: number): LoweredTensor {
    const kept = hostArray(dtype, 1).fill(number)[0]!;
    const form = () => ({ name: this.graph.constant(kept, onnxType(dtype)), dims: [] });
    const value = new LoweredTensor(shape, dtype, { last: form, first: form });
    value.splat = kept;
    value.atLeastZero = dtype === 'int32' && kept >= 0;
    return value;
  }

  /** A value that ONNX already holds in one layout, with exactly the sizes of `shape`. */
  value({ shape, dtype }: TypedShape, name: string, layout: Layout = 'last'): LoweredTensor {
    return new LoweredTensor(shape, dtype, { [layout]: { name, dims: inLayout(shape, layout) } });
  }

  /** The form in a layout, perhaps yet to be broadcast; a transpose is added when there is no other way. */
  form(value: LoweredTensor, layout: Layout): Form {
    const known = value.form(layout);
    if (known !== undefined) return known;
    const rank = value.shape.length;
    const other = value.form(layout === 'first' ? 'last' : 'first') as Form;
    if (other.dims.length === 0 || !hasLayouts(rank)) return value.keep(layout, other);
    const dims = [...Array<number>(rank - other.dims.length).fill(1), ...other.dims];
    const perm = layout === 'first' ? [0, rank - 1, ...range(1, rank - 1)] : [0, ...range(2, rank), 1];
    const moved = perm.map((axis) => dims[axis]!);
    const real = (p: readonly number[]) => p.filter((axis) => dims[axis] !== 1);
    const unmoved = !this.#freeSizes && sameShape(real(perm), real(range(0, rank)));
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
  name(value: LoweredTensor, layout: Layout = 'last'): string {
    const { name, dims } = this.form(value, layout);
    const whole = inLayout(value.shape, layout);
    if (sameShape(dims, whole)) return name;
    if (sizeOf(dims) === sizeOf(whole))
      return value.keep(layout, { name: this.reshape(name, dims, whole), dims: whole }).name;
    const full = this.emit('Expand', [name, this.ints(whole)]);
    return value.keep(layout, { name: full, dims: whole }).name;
  }

  /** Element-wise work in the layout that needs no transpose; operands broadcast as in TensorFlow.js. */
  elementwise(
    operands: readonly LoweredTensor[],
    { shape, dtype }: TypedShape,
    build: (names: readonly string[]) => string,
  ): LoweredTensor {
    const layout = this.layoutFor(operands, shape.length);
    const forms = operands.map((operand) => this.aligned(operand, shape.length, layout));
    const name = build(forms.map((form) => form.name));
    return new LoweredTensor(shape, dtype, {
      [layout]: { name, dims: broadcast(...forms.map((form) => form.dims)) },
    });
  }

  /** `first` when more of the operands is at hand so. */
  layoutFor(operands: readonly LoweredTensor[], rank: number): Layout {
    if (!hasLayouts(rank)) return 'last';
    const full = operands.filter((v) => v.shape.length === rank && v.splat === undefined);
    const held = (layout: Layout) => full.reduce((sum, v) => sum + v.held(layout), 0);
    return held('first') > held('last') ? 'first' : 'last';
  }

  /** An operand of lower rank, as it broadcasts against a tensor of `rank` in `layout`. */
  private aligned(value: LoweredTensor, rank: number, layout: Layout): Form {
    if (value.shape.length === rank || layout === 'last') return this.form(value, layout);
    const { name, dims } = this.form(value, 'last');
    if (dims.every((n) => n === 1))
      return dims.length === 0 ? { name, dims } : { name: this.reshape(name, dims, []), dims: [] };
    const padded = [...Array<number>(rank - dims.length).fill(1), ...dims];
    const lifted = new LoweredTensor(padded, value.dtype, {
      last: { name: this.reshape(name, dims, padded), dims: padded },
    });
    return this.form(lifted, 'first');
  }

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.graph.emit(op, inputs, attributes, domain);
  }

  reshape(name: string, from: readonly number[], to: readonly number[]): string {
    return sameShape(from, to) ? name : this.emit('Reshape', [name, this.ints(to)]);
  }

  cast(name: string, from: DataType, to: DataType): string {
    return from === to ? name : this.graph.cast(name, onnxType(to));
  }

  /** As an array of another type keeps numbers: integers without a fraction, modulo 2³². */
  converted(name: string, from: DataType, to: DataType): string {
    if (to === 'bool' && from !== 'bool') throw new Error(`no boolean holds what is ${from}`);
    if (from !== 'float32' || to !== 'int32') return this.cast(name, from, to);
    return this.gpu ? this.cast(finite(this.graph, name), from, to) : wrapped(this.graph, name, 'float32');
  }

  /** A 1-D int64 constant, as ONNX wants shapes and axes. */
  ints(values: readonly number[]): string {
    return this.graph.constant(values, 'int64', [values.length]);
  }

  number(value: number, dtype: DataType = 'float32'): string {
    return this.graph.constant(value, onnxType(dtype));
  }
}

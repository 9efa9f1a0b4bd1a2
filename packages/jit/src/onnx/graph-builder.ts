import { sizeOf } from '@segscape/core';
import type { Attributes, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.js';
import { elementTypes, type OnnxType } from './types.js';

type Numbers = Float32Array | Int32Array | Uint8Array | BigInt64Array | Float64Array;

const makers: Record<OnnxType, (values: readonly number[]) => Numbers> = {
  float32: (v) => Float32Array.from(v),
  float64: (v) => Float64Array.from(v),
  int32: (v) => Int32Array.from(v),
  int64: (v) => BigInt64Array.from(v, BigInt),
  bool: (v) => Uint8Array.from(v),
  uint8: (v) => Uint8Array.from(v),
};

/** Collects nodes and constants; what is asked for twice is made once. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #known = new Map<string, readonly string[]>();
  /** Names of outputs by those that their values had before. */
  readonly #outputs = new Map<string, string>();
  readonly #makers = new Map<string, OnnxNode>();
  #names = 0;
  /** The kernel that is being written, for messages. */
  kernel: string | undefined;

  fresh(stem = 'v'): string {
    return `${stem}${this.#names++}`;
  }

  /** The single output of a new or an equal earlier node. */
  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return this.emitMany(op, inputs, attributes, 1, domain)[0] as string;
  }

  /** A value as another type. */
  cast(name: string, type: OnnxType): string {
    return this.emit('Cast', [name], { to: elementTypes[type] });
  }

  emitMany(
    op: string,
    inputs: readonly string[],
    attributes: Attributes,
    outputs: number,
    domain = '',
  ): readonly string[] {
    const key = `${domain}:${op}(${inputs.join()})${JSON.stringify(attributes)}#${outputs}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const names = Array.from({ length: outputs }, () => this.fresh());
    const { kernel } = this;
    const node: OnnxNode = { op, domain, inputs, outputs: names, attributes, ...(kernel && { kernel }) };
    this.#nodes.push(node);
    this.#known.set(key, names);
    for (const name of names) this.#makers.set(name, node);
    return names;
  }

  /** The node that makes a value; undefined of inputs and constants. */
  maker(name: string): OnnxNode | undefined {
    return this.#makers.get(name);
  }

  /** Gives the value that a node makes the name of an output of the graph; what no node makes, or what has such a name already, is copied. */
  output(name: string, value: string): void {
    if (this.#makers.has(value) && !this.#outputs.has(value)) this.#outputs.set(value, name);
    else this.#nodes.push({ op: 'Identity', domain: '', inputs: [value], outputs: [name], attributes: {} });
  }

  /** A small constant given by its values. */
  constant(values: number | readonly number[], type: OnnxType, dims?: readonly number[]): string {
    const list = typeof values === 'number' ? [values] : values;
    const shape = dims ?? (typeof values === 'number' ? [] : [list.length]);
    const key = `constant:${type}[${shape}]${list.map((v) => (Object.is(v, -0) ? '-0' : v)).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known[0] as string;
    const name = this.data(makers[type](list), type, shape);
    this.#known.set(key, [name]);
    return name;
  }

  /** A constant whose elements are all alike. */
  filled(value: number, type: OnnxType, dims: readonly number[]): string {
    const key = `filled:${type}[${dims}]${value}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known[0] as string;
    const size = sizeOf(dims);
    const name = this.data(makers[type](Array<number>(size).fill(value)), type, dims);
    this.#known.set(key, [name]);
    return name;
  }

  /** A constant from an array of its own type; the bytes are not copied. */
  data(values: Numbers, type: OnnxType, dims: readonly number[]): string {
    const name = this.fresh('c');
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, type, dims, bytes });
    return name;
  }

  model(
    name: string,
    inputs: readonly OnnxValue[],
    outputs: readonly OnnxValue[],
    metadata?: Readonly<Record<string, string>>,
  ): OnnxModel {
    const renamed = (names: readonly string[]) => names.map((value) => this.#outputs.get(value) ?? value);
    const all = this.#nodes.map((node) => ({
      ...node,
      inputs: renamed(node.inputs),
      outputs: renamed(node.outputs),
    }));
    // Rules may have asked for forms that nobody used; they leave no node and no constant behind.
    const needed = new Set(outputs.map((output) => output.name));
    const nodes = all.reduceRight<OnnxNode[]>((kept, node) => {
      if (!node.outputs.some((output) => needed.has(output))) return kept;
      for (const input of node.inputs) needed.add(input);
      kept.push(node);
      return kept;
    }, []);
    const initializers = this.#initializers.filter((constant) => needed.has(constant.name));
    return { name, nodes: nodes.reverse(), initializers, inputs, outputs, ...(metadata && { metadata }) };
  }
}

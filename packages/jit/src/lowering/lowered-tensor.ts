import { sizeOf } from '@segscape/core';
import type { DataType } from '@tensorflow/tfjs-core';
import type { Layout } from './layout.js';

/** An ONNX value that holds, or broadcasts to, a tensor in one layout. */
export interface Form {
  readonly name: string;
  /** Its own sizes; fewer or 1 where it still has to be broadcast. */
  readonly dims: readonly number[];
}

/** A tensor of the traced program and the ONNX values it is available as. */
export class LoweredTensor {
  /** Set when every element is this number. */
  splat?: number;
  /** Known when the graph is written, so that ONNX Runtime may lay it out as it likes. */
  constant = false;
  /** Integers of which none is negative: indices that need no check. */
  atLeastZero = false;
  readonly #forms = new Map<Layout, Form>();
  readonly #makers: ReadonlyMap<Layout, () => Form>;

  constructor(
    readonly shape: readonly number[],
    readonly dtype: DataType,
    forms: Partial<Record<Layout, Form | (() => Form)>>,
  ) {
    const makers = new Map<Layout, () => Form>();
    for (const [layout, form] of Object.entries(forms) as [Layout, Form | (() => Form)][])
      if (typeof form === 'function') makers.set(layout, form);
      else this.#forms.set(layout, form);
    this.#makers = makers;
  }

  /** Whether the tensor can be had in this layout without a transpose. */
  has(layout: Layout): boolean {
    return this.#forms.has(layout) || this.#makers.has(layout);
  }

  /** Elements that it is made of in this layout, few where it has yet to be broadcast; 0 when it is not at hand there. */
  held(layout: Layout): number {
    const dims = this.#forms.get(layout)?.dims ?? (this.#makers.has(layout) ? this.shape : [0]);
    return sizeOf(dims);
  }

  form(layout: Layout): Form | undefined {
    const known = this.#forms.get(layout) ?? this.#makers.get(layout)?.();
    if (known !== undefined) this.#forms.set(layout, known);
    return known;
  }

  keep(layout: Layout, form: Form): Form {
    this.#forms.set(layout, form);
    return form;
  }
}

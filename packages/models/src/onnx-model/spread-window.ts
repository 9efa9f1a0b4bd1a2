import type { OnnxNode } from './parse.js';
import { declaredSides, type Sides, sliding } from './sliding.js';
import { list, refuse, text } from './value.js';

/** How a transposed convolution spreads an image: strides, steps in the kernel, zeros behind, and what is cut off each side. */
interface SpreadWindow {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly further: readonly number[];
  readonly sides: Sides;
}

/** What is cut off in all, as it lies before and after: what is odd at the end for `SAME_UPPER`, at the beginning otherwise. */
function shared(total: number, kind: string): readonly [before: number, after: number] {
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return kind === 'SAME_UPPER' ? [less, more] : [more, less];
}

/**
 * A `ConvTranspose`'s window over `shape`, channels last: sides as declared, or as its `output_shape` or `auto_pad` ask for; zeros behind
 * where `output_shape` asks for more than the image spreads to.
 * @throws {SegscapeError} `UNSUPPORTED_FORMAT` where `auto_pad` does, which runtimes understand in several ways.
 */
export function spreadWindow(
  node: OnnxNode,
  size: readonly number[],
  shape: readonly number[],
): SpreadWindow {
  const { strides, dilations } = sliding(node, size, shape);
  const further = list(node, 'output_padding') ?? size.map(() => 0);
  const kind = text(node, 'auto_pad', 'NOTSET');
  const asked = list(node, 'output_shape')?.slice(-size.length);
  const isSame = kind === 'SAME_UPPER' || kind === 'SAME_LOWER';
  if (asked === undefined && !isSame)
    return {
      strides,
      dilations,
      further,
      sides: kind === 'VALID' ? size.map(() => [0, 0] as const) : declaredSides(node, size.length),
    };
  const beyond = size.map((length, i) => {
    const reach = (length - 1) * dilations[i]! + 1;
    const full = (shape[i + 1]! - 1) * strides[i]! + further[i]! + reach;
    return full - (asked?.[i] ?? shape[i + 1]! * strides[i]!);
  });
  if (asked === undefined && beyond.some((total) => total < 0))
    throw refuse(node, `auto_pad ${kind} and strides beyond its kernel`);
  return {
    strides,
    dilations,
    further: further.map((zeros, i) => zeros + Math.max(0, -beyond[i]!)),
    sides: beyond.map((total) => shared(Math.max(0, total), kind)),
  };
}

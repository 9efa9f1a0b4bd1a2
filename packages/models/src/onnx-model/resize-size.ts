import type { OnnxNode } from './parse.js';
import type { ResizedAxis } from './sample-weights.js';
import { list, numbersOf, refuse, text, type Value } from './value.js';

/** Factors are in single precision: 5 times 1.6 is a little more than 8. */
const nearly = 1e-4;

/** What `keep_aspect_ratio_policy` makes of sizes: one factor for all axes. */
function keptRatio(node: OnnxNode, factors: readonly number[]): number | undefined {
  const policy = text(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return;
  if (policy === 'not_larger') return Math.min(...factors);
  if (policy === 'not_smaller') return Math.max(...factors);
  throw refuse(node, `keep_aspect_ratio_policy ${policy}`);
}

/**
 * The axes that get another length, by sizes or by factors of what is there; of all axes or, from opset 18 on, of those that are listed.
 * Where a factor gives its length exactly, it is that of the lengths.
 */
export function resizedAxes(
  node: OnnxNode,
  shape: readonly number[],
  scales: Value | undefined,
  sizes: Value | undefined,
): ResizedAxis[] {
  const axes = (list(node, 'axes') ?? shape.map((_, axis) => axis)).map((axis) =>
    axis < 0 ? axis + shape.length : axis,
  );
  const given = sizes
    ? numbersOf(node, sizes, 'sizes')
    : (list(node, 'scales') ?? numbersOf(node, scales, 'scales'));
  if (given.length !== axes.length) throw refuse(node, `${given.length} factors for ${axes.length} axes`);
  const byLengths = axes.map((axis, i) => given[i]! / shape[axis]!);
  const ratio = sizes && keptRatio(node, byLengths);
  return axes
    .map((axis, i): ResizedAxis => {
      const from = shape[axis]!;
      const factor = ratio ?? (sizes ? byLengths[i]! : given[i]!);
      const wanted = from * factor;
      const to = ratio === undefined ? Math.floor(wanted + nearly) : Math.floor(wanted + 0.5);
      return { axis, from, to, factor: Math.abs(wanted - to) < nearly ? to / from : factor };
    })
    .filter(({ from, to, factor }) => from !== to || factor !== 1);
}

/** The factor gives the length exactly. */
export const isExact = ({ from, to, factor }: ResizedAxis): boolean => factor === to / from;

import type { OnnxGraph } from './parse.js';
import type { SortedInitializers } from './weights.js';

const numbers = (value: unknown): readonly number[] => (Array.isArray(value) ? value.map(Number) : []);

/**
 * What the lengths of images should be multiples of along each of `axes` spatial axes: how far the graph shrinks them. Where it computes
 * sizes itself, of skips or of the image, any will do.
 */
export function spatialSteps(
  { nodes, inputs }: OnnxGraph,
  { settings }: SortedInitializers,
  axes: number,
): readonly number[] {
  const ones = Array<number>(axes).fill(1);
  const shrunk = new Map<string, readonly number[]>([[inputs[0]!.name, ones]]);
  let most: readonly number[] = ones;
  for (const { op, inputs: given, outputs, attributes } of nodes) {
    const before = given.map((name) => shrunk.get(name)).find((factors) => factors !== undefined);
    if (op === 'Shape') return ones;
    if (before === undefined) continue;
    const by = (factors: readonly number[], power: 1 | -1) =>
      before.map((factor, axis) => factor * (factors.at(axis - axes) ?? 1) ** power);
    let factors: readonly number[] = before;
    if (op === 'Conv' || op === 'MaxPool' || op === 'AveragePool')
      factors = by(numbers(attributes.strides), 1);
    if (op === 'ConvTranspose') factors = by(numbers(attributes.strides), -1);
    if (op === 'Resize' || op === 'Upsample') {
      const scales = given
        .slice(1)
        .map((name) => settings.get(name))
        .find((known) => known?.values.length === axes + 2);
      factors = by(scales ? Array.from(scales.values) : numbers(attributes.scales), -1);
    }
    most = most.map((factor, axis) => Math.max(factor, factors[axis]!));
    for (const name of outputs) shrunk.set(name, factors);
  }
  return most.map((factor) => Math.max(1, Math.round(factor)));
}

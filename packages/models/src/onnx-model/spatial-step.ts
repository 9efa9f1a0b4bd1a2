import type { OnnxGraph } from './parse.js';
import type { SortedInitializers } from './weights.js';

const strideOf = (attributes: Readonly<Record<string, unknown>>): number => {
  const { strides } = attributes;
  return Array.isArray(strides) ? Number(strides[0]) : 1;
};

/**
 * What heights and widths of images should be multiples of: how far the graph shrinks them. Where it computes sizes itself, of
 * skips or of the image, any will do.
 */
export function spatialStep({ nodes, inputs }: OnnxGraph, { settings }: SortedInitializers): number {
  const shrunk = new Map<string, number>([[inputs[0]!.name, 1]]);
  let most = 1;
  for (const { op, inputs: given, outputs, attributes } of nodes) {
    const before = given.map((name) => shrunk.get(name)).find((factor) => factor !== undefined);
    if (op === 'Shape') return 1;
    if (before === undefined) continue;
    let factor = before;
    if (op === 'Conv' || op === 'MaxPool' || op === 'AveragePool') factor *= strideOf(attributes);
    if (op === 'ConvTranspose') factor /= strideOf(attributes);
    if (op === 'Resize' || op === 'Upsample') {
      const scales = given
        .slice(1)
        .map((name) => settings.get(name))
        .find((numbers) => numbers?.values.length === 4);
      const listed = attributes.scales;
      factor /= scales?.values[2] ?? (Array.isArray(listed) ? Number(listed[2]) : 1);
    }
    most = Math.max(most, factor);
    for (const name of outputs) shrunk.set(name, factor);
  }
  return Math.max(1, Math.round(most));
}

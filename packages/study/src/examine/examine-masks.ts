import { ignoreLabel, throwIfAborted } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import { axesOf, extent } from '../axes.js';
import { oddValuesOf } from '../finite-images.js';
import type { PixelOffset } from '../mask-offset.js';
import { unscaledAmong } from '../unscaled-images.js';
import { type ClassShape, maskOf, shapeOf } from './class-shape.js';
import { offsetOf } from './edge-offset.js';
import type { ClassFacts, MaskExamination, MeanOffset, SeenMasks } from './examination.js';
import { findingsOf } from './findings.js';
import { framingProposalOf } from './framing-proposal.js';
import { proposalsOf } from './loss-proposals.js';
import { measureProposalsOf } from './measure-proposals.js';

export interface ExamineOptions {
  /** Images that are looked at, spread over the set. Default 200. */
  readonly most?: number;
  readonly onProgress?: (completed: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** NaN of nothing. */
function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

const meanOf = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** What `examineMasks` of `on-demand` does; its documentation stands there. */
export async function examineMasks(
  dataset: Dataset,
  { most = 200, onProgress = () => {}, signal }: ExamineOptions = {},
): Promise<MaskExamination> {
  const { classes, length, ignoreIndex = ignoreLabel } = dataset;
  const count = Math.min(most, length);
  // Without a second class, the first is what is looked for.
  const looked = classes.length > 1 ? classes.slice(1) : classes;
  const from = classes.length - looked.length;
  const shapes: ClassShape[][] = looked.map(() => []);
  const ids: string[] = [];
  const groups = new Set<string>();
  const pictures = new Map<string, string[]>();
  const sizes: (readonly number[])[] = [];
  const offsets = new Map<string, PixelOffset[]>();
  const scaled = new Set<string>();
  const notFinite: { id: string; count: number }[] = [];
  let ignored = 0;
  for (let k = 0; k < count; k++) {
    throwIfAborted(signal, 'examineMasks');
    const { id, group, image, mask } = await dataset.get(Math.floor((k * length) / count));
    ids.push(id);
    sizes.push(axesOf(mask));
    const own = group ?? `image ${id}`;
    groups.add(own);
    if ((mask.spacing ?? image.spacing) !== undefined) scaled.add(id);
    const odd = oddValuesOf(image);
    if (odd > 0) notFinite.push({ id, count: odd });
    const offset = odd > 0 ? undefined : offsetOf(image, mask, ignoreIndex);
    if (offset !== undefined) offsets.set(own, [...(offsets.get(own) ?? []), offset]);
    const key = fingerprint(image.data);
    pictures.set(key, [...(pictures.get(key) ?? []), id]);
    let nothing = 0;
    for (const label of mask.data) if (label === ignoreIndex) nothing++;
    ignored += nothing / mask.data.length / count;
    for (const [c, all] of shapes.entries())
      all.push(shapeOf(maskOf(mask, from + c), mask.data.length - nothing));
    onProgress(k + 1, count);
  }
  const axes = sizes[0]?.length ?? 2;
  const facts = looked.map((name, c) => factsOf(name, shapes[c]!, ids, axes));
  const offset = meanOffset([...offsets.values()]);
  const unscaled = unscaledAmong(ids, scaled);
  const seen = {
    images: count,
    of: length,
    groups: groups.size,
    sizes: { smallest: extent(sizes, Math.min), largest: extent(sizes, Math.max) },
    classes: facts,
    ignored,
    duplicates: [...pictures.values()].filter((same) => same.length > 1),
    ...(notFinite.length > 0 && { notFinite }),
    ...(unscaled.length > 0 && { unscaled }),
    ...(offset && { offset }),
  };
  return withConclusions(seen);
}

/** Of groups, each of which counts once; undefined of fewer than two. */
function meanOffset(groups: readonly (readonly PixelOffset[])[]): MeanOffset | undefined {
  const count = groups.length;
  if (count < 2) return undefined;
  const along = (axis: 0 | 1) => {
    const own = groups.map((offsets) => meanOf(offsets.map((offset) => offset[axis])));
    const mean = meanOf(own);
    return { mean, error: Math.sqrt(meanOf(own.map((value) => (value - mean) ** 2)) / (count - 1)) };
  };
  const [down, right] = [along(0), along(1)];
  return { mean: [down.mean, right.mean], error: [down.error, right.error], count };
}

/** With what follows from it. */
export const withConclusions = (seen: SeenMasks): MaskExamination => ({
  ...seen,
  findings: findingsOf(seen),
  proposals: proposalsOf(seen),
  measures: measureProposalsOf(seen),
  framing: framingProposalOf(seen),
});

/** Diameter of a disc of an area, or of a ball of a volume. */
const diameterOf = (size: number, axes: number): number =>
  axes === 3 ? Math.cbrt((6 * size) / Math.PI) : Math.sqrt((4 * size) / Math.PI);

function factsOf(
  name: string,
  shapes: readonly ClassShape[],
  ids: readonly string[],
  axes: number,
): ClassFacts {
  const there = shapes.filter(({ areas }) => areas.length > 0);
  const areas = there.flatMap((shape) => shape.areas);
  const widths = there.flatMap((shape) => shape.widths);
  const all = areas.reduce((sum, area) => sum + area, 0);
  const diameters = areas.map((area) => diameterOf(area, axes));
  return {
    name,
    share: meanOf(shapes.map(({ share }) => share)),
    without: ids.filter((_, i) => shapes[i]!.areas.length === 0),
    objects: median(there.map(({ areas: { length } }) => length)),
    diameters: [quantile(diameters, 0.1), quantile(diameters, 0.5), quantile(diameters, 0.9)],
    width: median(widths),
    elongation: areas.reduce((sum, area, i) => sum + (area / all) * (area / widths[i]! ** axes), 0),
    touching:
      there.reduce((sum, { split }) => sum + split, 0) /
      Math.max(
        1,
        there.reduce((sum, { areas: { length } }) => sum + length, 0),
      ),
    ragged: meanOf(there.map(({ ragged }) => ragged)),
  };
}

/** Two FNV-1a hashes of the stored values, with their number: equal pictures have equal ones. */
function fingerprint(data: ArrayLike<number>): string {
  let [a, b] = [2166136261, 40389];
  for (let i = 0; i < data.length; i++) {
    const value = Math.round(data[i]! * 64);
    a = Math.imul(a ^ value, 16777619);
    b = Math.imul(b ^ (value + i), 2246822519);
  }
  return `${data.length} ${a >>> 0} ${b >>> 0}`;
}

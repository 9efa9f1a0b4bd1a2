import { assertOption, type Raster, SegscapeError, sameShape } from '@segscape/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { LossLabels } from '../loss.js';
import { countedClasses } from './counted-classes.js';
import { planeMask, readNow } from './masks.js';
import { selectClasses, toPlanes } from './planes.js';

export interface ClassMapOptions {
  /** The loss, for errors. */
  readonly where: string;
  /** What the maps are, and what `prepare` calls them: `'distances'`. */
  readonly name: string;
  /** Classes that have a map. Default 1 alone in `prepare`, unless the mask has others. */
  readonly classes: readonly number[] | undefined;
  readonly ignoreIndex: number | undefined;
  /** The map of one class, a number a pixel, from the mask of that class, 0 and 1. */
  of(mask: Raster): ArrayLike<number>;
}

/** Maps that a loss makes of the true mask of each class: before the tensors, by `prepare`, or from them on the spot. */
export function classMaps({ where, name, classes, ignoreIndex, of }: ClassMapOptions) {
  const measured = (planes: Tensor, space: readonly number[]): Tensor => {
    const advice = `Give { labels, ${name} } with the ${name} of the loss's own prepare(mask).`;
    const values = readNow(where, 'PREPARE_NEEDED', advice, planes);
    const [chosen, samples, pixels] = planes.shape as [number, number, number];
    const data = new Float32Array(values.length);
    for (let at = 0; at < chosen * samples * pixels; at += pixels)
      data.set(of(planeMask(space, (pixel) => values[at + pixel]! > 0.5)), at);
    return tensor(data, planes.shape);
  };

  /** The label that masks give the object of one logit. */
  const isObject = classes?.length === 1 && classes[0] === 1;

  const given = (maps: Tensor, logits: Tensor, chosen: readonly number[]): Tensor => {
    const count = logits.shape.at(-1) as number;
    assertOption(
      count > 1 || classes === undefined || isObject,
      where,
      'classes',
      classes ?? null,
      'be [1] or left out for one logit, which is of label 1: prepare takes class 0 for label 0',
    );
    const expected = [...logits.shape.slice(0, -1), chosen.length];
    // Of all classes or of the chosen ones.
    if (sameShape(maps.shape, expected)) return toPlanes(maps);
    if (sameShape(maps.shape, logits.shape)) return selectClasses(toPlanes(maps), chosen);
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected ${name} [${expected.join(', ')}], got [${maps.shape.join(', ')}]. ` +
        `Give ${where} the same classes when it prepares and when it is called.`,
      { details: { expected, [name]: maps.shape } },
    );
  };

  return {
    /** The classes that have a map, by the index of their logits. */
    chosen(logits: Tensor): readonly number[] {
      const count = logits.shape.at(-1) as number;
      const named = classes && !(count === 1 && isObject);
      return countedClasses(where, named ? { classes } : { includeBackground: false }, count);
    },
    prepare(mask: Raster): Record<string, Raster> {
      const chosen = classes ?? [1];
      const other =
        classes === undefined ? mask.data.find((value) => value > 1 && value !== ignoreIndex) : undefined;
      assertOption(
        other === undefined,
        where,
        'classes',
        classes ?? null,
        `be given to prepare a mask of more than two classes, which has the label ${other}${other === 255 ? '; divide a mask of 0 and 255 by 255, or set ignoreIndex: 255 if it marks pixels that do not count' : ''}`,
      );
      const pixels = mask.data.length;
      const data = new Float32Array(pixels * chosen.length);
      chosen.forEach((wanted, c) => {
        const own = of({ ...mask, data: Uint8Array.from(mask.data, (value) => (value === wanted ? 1 : 0)) });
        for (let i = 0; i < pixels; i++) data[i * chosen.length + c] = own[i]!;
      });
      return { [name]: { ...mask, data, channels: chosen.length } };
    },
    /**
     * The maps of the chosen classes as planes `[classes, batch, pixels]`.
     * @param oneHotLabels one-hot planes of all classes.
     */
    planes(
      { prepared }: LossLabels,
      oneHotLabels: Tensor,
      logits: Tensor,
      chosen: readonly number[],
    ): Tensor {
      const maps = prepared[name];
      if (maps !== undefined) return given(maps, logits, chosen);
      return measured(selectClasses(oneHotLabels, chosen), logits.shape.slice(1, -1));
    },
  };
}
